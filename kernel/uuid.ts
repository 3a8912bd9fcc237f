import type { EpochMs } from './time.ts';

/** Fills 10 bytes with chance; `crypto.getRandomValues` in production, a seeded stream in tests. */
export type RandomBytes = (into: Uint8Array) => void;

/** Makes ids. UUIDv7 (RFC 9562, 5.7): sorted by the time they were made, so that indexes grow at one end. */
export type NewId = <Id extends string>(at: EpochMs) => Id;

export function uuidV7(randomBytes: RandomBytes): NewId {
  const bytes = new Uint8Array(16);
  return <Id extends string>(at: EpochMs): Id => {
    randomBytes(bytes.subarray(6));
    const time = BigInt(Math.trunc(at));
    for (let i = 0; i < 6; i += 1) bytes[i] = Number((time >> BigInt(8 * (5 - i))) & 0xffn);
    bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    const hex = Buffer.from(bytes).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Id;
  };
}

/** The moment at which a UUIDv7 was made, in milliseconds. */
export function uuidMadeAt(id: string): EpochMs {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) as EpochMs;
}
