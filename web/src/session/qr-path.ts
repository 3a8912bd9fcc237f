import { encode } from 'uqr';

export interface QrPath {
  /** Side in modules, with the quiet zone. */
  readonly size: number;
  /** One square for each dark module, for `d` of a path. */
  readonly path: string;
}

/** A QR code as a drawing. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${String(x)} ${String(y)}h1v1h-1z`] : [])),
  );
  return { size, path: squares.join('') };
}
