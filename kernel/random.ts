/** Where chance comes from. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** A repeatable stream from a 32-bit seed (mulberry32: Tommy Ettinger, public domain); not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}
