/** Without what is mistaken for something else when it is read out: i, l, o, u, 0, 1. Thirty letters. */
const LETTERS = 'abcdefghjkmnpqrstvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 4;
/** Bytes above the last whole multiple would make some letters likelier than others. */
const FAIR_BELOW = 256 - (256 % LETTERS.length);

/**
 * A password that is read from a sheet and typed once: four groups of four letters, 78 bits.
 * `randomByte` gives 0…255.
 */
export function oneTimePassword(randomByte: () => number): string {
  const letter = (): string => {
    let byte = randomByte();
    while (byte >= FAIR_BELOW) byte = randomByte();
    return LETTERS[byte % LETTERS.length] ?? '';
  };
  const group = (): string => Array.from({ length: GROUP_LENGTH }, letter).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
