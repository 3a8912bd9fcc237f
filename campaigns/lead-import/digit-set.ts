const EMPTY = 0;
const FIRST_SLOTS = 1 << 12;

/**
 * Whole numbers from 1 to 2^53, eight bytes each: the digits of phone numbers (E.164 has at most 15) and fingerprints, so that a million
 * of them take 16 MB (and half as much again while the table grows).
 */
export class DigitSet {
  private slots = new Float64Array(FIRST_SLOTS);
  private count = 0;

  has(digits: number): boolean {
    return this.slots[this.slotOf(this.slots, digits)] === digits;
  }

  add(digits: number): void {
    const slot = this.slotOf(this.slots, digits);
    if (this.slots[slot] === digits) return;
    this.slots[slot] = digits;
    this.count += 1;
    if (this.count * 4 > this.slots.length * 3) this.grow();
  }

  /** The place of the number, or the free one where it belongs (linear probing). */
  private slotOf(slots: Float64Array, digits: number): number {
    const mask = slots.length - 1;
    let slot =
      (Math.imul(digits % 0x1_0000_0000, 0x9e37_79b1) ^
        Math.imul(Math.floor(digits / 0x1_0000_0000), 0x85eb_ca6b)) >>>
      0;
    slot = (slot ^ (slot >>> 15)) & mask;
    while (slots[slot] !== EMPTY && slots[slot] !== digits) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const grown = new Float64Array(this.slots.length * 2);
    for (const digits of this.slots) if (digits !== EMPTY) grown[this.slotOf(grown, digits)] = digits;
    this.slots = grown;
  }
}
