import { DigitSet } from './digit-set.ts';
import type { LeadInFile } from './lead-row.ts';

/** Numbers and external ids of the rows so far, in some 35 MB for a million rows. */
export class SeenInFile {
  private readonly phones = new DigitSet();
  private readonly externalIds = new DigitSet();

  hasPhone(phone: string): boolean {
    return this.phones.has(Number(phone.slice(1)));
  }

  /** Of a million ids two are taken for one in one file of ten thousand: ask only about an id whose lead has been found. */
  hasExternalId(externalId: string): boolean {
    return this.externalIds.has(fingerprint(externalId));
  }

  add({ numbers, externalId }: Pick<LeadInFile, 'numbers' | 'externalId'>): void {
    for (const { phone } of numbers) this.phones.add(Number(phone.slice(1)));
    if (externalId !== null) this.externalIds.add(fingerprint(externalId));
  }
}

/** 53 bits of a text, by two multiplicative hashes of 32. */
function fingerprint(text: string): number {
  let low = 0x811c_9dc5;
  let high = 0x9dc5_811c;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x0100_0193);
    high = Math.imul(high ^ unit, 0x85eb_ca6b) ^ (high >>> 13);
  }
  return (high >>> 11) * 0x1_0000_0000 + (low >>> 0) + 1;
}
