/** How a line is shown: somebody talks, somebody waits for an agent (or hears the message), nobody has answered yet. */
export const LINE_KINDS = ['talking', 'waiting', 'ringing'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/** More cells than this would be thinner than a hair; then each stands for several lines. */
export const CELLS_MAX = 160;

/** The strip's cells: talking first. Above {@link CELLS_MAX} lines the cells keep the proportions, and whoever waits is seen still. */
export function lineCells(counts: Readonly<Record<LineKind, number>>): readonly LineKind[] {
  const all = LINE_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
  const linesPerCell = Math.max(1, Math.ceil(all / CELLS_MAX));
  return LINE_KINDS.flatMap((kind) =>
    Array.from({ length: Math.ceil(counts[kind] / linesPerCell) }, () => kind),
  );
}
