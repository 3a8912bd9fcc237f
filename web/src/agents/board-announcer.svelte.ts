import { alarmKeys, newAlarms, type BoardRow } from './board-rows.ts';

/** No more often than this: a reader who is told everything hears nothing. */
const GAP_MS = 5000;
/** More names than this are a number. */
const NAMES_MAX = 3;

/** Tells new alarms to a screen reader, politely: gathered, once each, and none for those that were there at the beginning. */
export class BoardAnnouncer {
  #text = $state('');
  #known: ReadonlySet<string> = alarmKeys([]);
  #isFirst = true;
  #toldAt = -Infinity;

  get text(): string {
    return this.#text;
  }

  /** `say` gets the alarms that are new, at most {@link NAMES_MAX} of them, and how many there are. */
  look(
    rows: readonly BoardRow[],
    now: number,
    say: (shown: readonly BoardRow[], count: number) => string,
  ): void {
    if (now - this.#toldAt < GAP_MS) return;
    const fresh = newAlarms(this.#known, rows);
    this.#known = alarmKeys(rows);
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (fresh.length === 0 || isFirst) return;
    this.#toldAt = now;
    this.#text = say(fresh.slice(0, NAMES_MAX), fresh.length);
  }
}
