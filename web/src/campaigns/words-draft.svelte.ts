import type { CampaignDispositions, DispositionChoice, DispositionWord } from '../../../server/api.ts';

export interface WordDraft {
  readonly word: DispositionWord;
  isChosen: boolean;
  /** In this campaign; empty = as in the organization. */
  hotKey: string;
}

/** Which words of the organization a campaign offers, in which order, with which keys. */
export class WordsDraft {
  #isOwn = $state(false);
  rows: WordDraft[] = $state([]);
  #before = '';

  constructor(all: readonly DispositionWord[], { isOwnChoice, dispositions }: CampaignDispositions) {
    const inUse = all.filter(({ isActive }) => isActive);
    const chosen = dispositions.flatMap((word) => {
      const own = inUse.find(({ code }) => code === word.code);
      return own
        ? [{ word: own, isChosen: true, hotKey: word.hotKey === own.hotKey ? '' : (word.hotKey ?? '') }]
        : [];
    });
    const others = inUse.filter(({ code }) => !chosen.some(({ word }) => word.code === code));
    this.rows = [...chosen, ...others.map((word) => ({ word, isChosen: false, hotKey: '' }))];
    this.#isOwn = isOwnChoice;
    this.#before = JSON.stringify(this.value);
  }

  get isOwn(): boolean {
    return this.#isOwn;
  }

  set isOwn(isOwn: boolean) {
    this.#isOwn = isOwn;
    // A choice begins with all of them.
    if (isOwn && this.rows.every(({ isChosen }) => !isChosen))
      for (const row of this.rows) row.isChosen = true;
  }

  get value(): DispositionChoice {
    if (!this.#isOwn) return { choice: [] };
    const chosen = this.rows.filter(({ isChosen }) => isChosen);
    return {
      choice: chosen.map(({ word, hotKey }) => ({
        code: word.code,
        hotKey: hotKey.trim() === '' ? null : hotKey.trim(),
      })),
    };
  }

  get isChanged(): boolean {
    return JSON.stringify(this.value) !== this.#before;
  }

  /** Keys that two of the chosen words have. */
  get clashes(): readonly string[] {
    const keys = this.rows.filter(({ isChosen }) => isChosen || !this.#isOwn).map((row) => keyOf(row));
    // The second of each, once.
    return keys.filter(
      (key, i) => key !== '' && keys.slice(0, i).filter((before) => before === key).length === 1,
    );
  }

  get isEmpty(): boolean {
    return this.#isOwn && this.rows.every(({ isChosen }) => !isChosen);
  }

  move(index: number, by: -1 | 1): void {
    const to = index + by;
    if (to < 0 || to >= this.rows.length) return;
    this.rows.splice(to, 0, ...this.rows.splice(index, 1));
  }
}

export const keyOf = ({ word, hotKey }: WordDraft): string =>
  hotKey.trim() === '' ? (word.hotKey ?? '') : hotKey.trim();
