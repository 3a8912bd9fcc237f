/**
 * For each moment ahead the chance of each of some trials. The room is kept from one decision to the next: there are twenty decisions a
 * second, and new arrays for each would cost more than the arithmetic.
 */
export class Chances {
  readonly byMoment: Float64Array[];
  #count = 0;

  constructor(moments: number) {
    this.byMoment = Array.from({ length: moments }, () => new Float64Array(64));
  }

  /** How many trials there are; what lies behind them in the arrays means nothing. */
  get count(): number {
    return this.#count;
  }

  /** How many of the trials are expected to succeed by that moment. */
  sumAt(moment: number): number {
    const chances = this.byMoment[moment];
    let sum = 0;
    for (let trial = 0; trial < this.#count; trial += 1) sum += chances?.[trial] ?? 0;
    return sum;
  }

  /** Begins anew with so many trials of no chance. */
  begin(count: number): void {
    this.#count = count;
    for (let moment = 0; moment < this.byMoment.length; moment += 1) {
      const chances = this.byMoment[moment];
      if (chances && chances.length >= count) chances.fill(0, 0, count);
      else this.byMoment[moment] = new Float64Array(count * 2);
    }
  }
}
