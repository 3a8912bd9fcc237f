import { EVENT_NAMES, eventNamed, type SwitchEvent } from './switch-event.ts';

interface Filter {
  readonly header: string;
  readonly value: string;
}

/** `event.Header`, whatever the case of its name; the first value of a list. */
function headerOf(event: SwitchEvent, name: string): string | null {
  const first = (value: string | string[]): string => (typeof value === 'string' ? value : (value[0] ?? ''));
  const exact = event.headers[name];
  if (exact !== undefined) return first(exact);
  if (name === '_body') return event.body;
  const lower = name.toLowerCase();
  for (const [header, value] of Object.entries(event.headers)) {
    if (header.toLowerCase() === lower) return first(value);
  }
  return null;
}

function matches(value: string, pattern: string): boolean {
  if (!pattern.startsWith('/')) return value.toLowerCase() === pattern.toLowerCase();
  const parts = /^\/(.*)\/([a-z]*)$/su.exec(pattern);
  try {
    return new RegExp(parts?.[1] ?? pattern, parts?.[2]?.includes('i') === true ? 'i' : '').test(value);
  } catch {
    return false;
  }
}

/** What one client wants to hear: the rules of mod_event_socket's listeners, one to one. */
export class Subscription {
  format: 'plain' | 'json' = 'plain';
  #isListening = false;
  #wantsAll = false;
  #names = new Set<string>();
  #subclasses = new Set<string>();
  #filters: Filter[] = [];

  /** Before its headers are known. */
  mayWant(name: string, subclass: string | null): boolean {
    if (!this.#isListening) return false;
    if (this.#wantsAll) return true;
    if (!this.#names.has(name)) return false;
    return name !== 'CUSTOM' || subclass === null || this.#subclasses.has(subclass);
  }

  /** One positive match lets an event pass, one negative (`-value`) stops it; without any filter all pass. */
  passes(event: SwitchEvent): boolean {
    if (this.#filters.length === 0) return true;
    let isSent = false;
    for (const filter of this.#filters) {
      const value = headerOf(event, filter.header);
      if (value === null) continue;
      let isPositive = true;
      let i = 0;
      for (; i < filter.value.length; i += 1) {
        const char = filter.value[i];
        if (char === '+') isPositive = true;
        else if (char === '-') isPositive = false;
        else if (char !== ' ') break;
      }
      if ((isSent && isPositive) || i === filter.value.length) continue;
      if (!matches(value, filter.value.slice(i))) continue;
      if (!isPositive) return false;
      isSent = true;
    }
    return isSent;
  }

  /** `event json A B CUSTOM x::y` without its first word; the reply. */
  subscribe(words: readonly string[]): string {
    let keys = 0;
    let isCustom = false;
    words.forEach((word, i) => {
      const format = word.toLowerCase();
      if (i === 0 && (format === 'json' || format === 'plain')) {
        this.format = format;
        return;
      }
      if (isCustom) {
        this.#subclasses.add(word);
        return;
      }
      const name = eventNamed(word);
      if (name === null) return;
      keys += 1;
      if (name === 'ALL') this.#wantsAll = true;
      this.#names.add(name);
      isCustom = name === 'CUSTOM';
    });
    if (keys === 0) return '-ERR no keywords supplied';
    this.#isListening = true;
    return `+OK event listener enabled ${this.format}`;
  }

  /** `nixevent A B`. */
  unsubscribe(words: readonly string[]): string {
    let keys = 0;
    let isCustom = false;
    for (const word of words) {
      const name = isCustom ? null : eventNamed(word);
      if (isCustom) this.#subclasses.delete(word);
      if (name === null) continue;
      keys += 1;
      if (name === 'CUSTOM') isCustom = true;
      else if (name === 'ALL') {
        this.#wantsAll = false;
        this.#names.clear();
      } else {
        if (this.#wantsAll) this.#names = new Set(EVENT_NAMES);
        this.#wantsAll = false;
        this.#names.delete(name);
      }
    }
    if (keys === 0) return '-ERR no keywords supplied';
    this.#isListening = true;
    return '+OK events nixed';
  }

  /** `noevents`. */
  unsubscribeAll(): string {
    if (!this.#isListening) return '-ERR not listening for events';
    this.#isListening = false;
    this.#wantsAll = false;
    this.#names.clear();
    this.#subclasses.clear();
    return '+OK no longer listening for events';
  }

  /** `filter [add] Header value` and `filter delete Header [value]`; the reply. */
  filter(argument: string): string {
    const [first, rest] = headAndTail(argument.replace(/^ +/u, ''));
    if (first.toLowerCase() === 'delete' && rest !== undefined) {
      const [header, value] = headAndTail(rest);
      this.#filters =
        header.toLowerCase() === 'all'
          ? []
          : this.#filters.filter(
              (filter) =>
                filter.header.toLowerCase() !== header.toLowerCase() ||
                (value !== undefined && value !== '' && filter.value !== value),
            );
      return `+OK filter deleted. [${header}][${value ?? ''}]`;
    }
    if (rest === undefined) return '-ERR invalid syntax';
    const [header, value = '(null)'] = first.toLowerCase() === 'add' ? headAndTail(rest) : [first, rest];
    this.#filters.push({ header, value });
    return `+OK filter added. [${header}]=[${value}]`;
  }
}

function headAndTail(text: string): [string, string | undefined] {
  const blank = text.indexOf(' ');
  return blank < 0 ? [text, undefined] : [text.slice(0, blank), text.slice(blank + 1)];
}
