import type { CallId } from '../../../kernel/ids.ts';
import type { CallDisposition, FormAnswers } from '../../../server/api.ts';

/** What an agent has typed about one call and not stored yet. */
export interface DraftFields {
  readonly code: string | null;
  readonly notes: string;
  /** As the control has it, in the customer's zone: 2026-12-03T08:00. */
  readonly callbackLocal: string;
  /** The customer's zone that {@link callbackLocal} is read in; null for the first one known. */
  readonly callbackZone: string | null;
  /** Only this agent calls back. */
  readonly callbackIsMine: boolean;
  /** What was typed into the campaign's form, by the keys of its fields. */
  readonly answers: FormAnswers;
  /** What was to be stored when no answer came: it goes again as it was, also after a reload. */
  readonly unsent: CallDisposition | null;
}

type Stored = DraftFields & { readonly at: number };

const PREFIX = 'ringline.call-draft.';
const KEPT_MS = 7 * 86_400_000;
const EMPTY: DraftFields = {
  code: null,
  notes: '',
  callbackLocal: '',
  callbackZone: null,
  callbackIsMine: false,
  answers: {},
  unsent: null,
};

/** Kept by the browser with every key, so that a reload or a crash loses nothing. */
export class CallDraft {
  readonly callId: CallId;
  readonly #storage: Storage;
  readonly #now: () => number;
  #fields = $state.raw<DraftFields>(EMPTY);

  constructor(callId: CallId, storage: Storage, now: () => number = Date.now) {
    this.callId = callId;
    this.#storage = storage;
    this.#now = now;
    this.#fields = read(storage.getItem(PREFIX + callId)) ?? EMPTY;
  }

  get fields(): DraftFields {
    return this.#fields;
  }

  get isEmpty(): boolean {
    const { code, notes, callbackLocal, answers } = this.#fields;
    return code === null && notes === '' && callbackLocal === '' && Object.keys(answers).length === 0;
  }

  change(change: Partial<DraftFields>): void {
    this.#fields = { ...this.#fields, ...change };
    const stored: Stored = { ...this.#fields, at: this.#now() };
    try {
      this.#storage.setItem(PREFIX + this.callId, JSON.stringify(stored));
    } catch {
      // A full or forbidden storage must not stop anybody from typing; the text is still on the screen.
    }
  }

  /** The server has it. */
  discard(): void {
    this.#storage.removeItem(PREFIX + this.callId);
    this.#fields = EMPTY;
  }
}

/** Takes away drafts of calls that nobody will come back to. */
export function forgetOldDrafts(storage: Storage, now: number): void {
  const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i));
  for (const key of keys) {
    if (key?.startsWith(PREFIX) !== true) continue;
    const at = readAt(storage.getItem(key));
    if (at === null || now - at > KEPT_MS) storage.removeItem(key);
  }
}

function parse(text: string | null): Partial<Stored> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function readAt(text: string | null): number | null {
  const at = parse(text)?.at;
  return typeof at === 'number' ? at : null;
}

function read(text: string | null): DraftFields | null {
  const value = parse(text);
  if (value === null) return null;
  return {
    code: typeof value.code === 'string' ? value.code : null,
    notes: typeof value.notes === 'string' ? value.notes : '',
    callbackLocal: typeof value.callbackLocal === 'string' ? value.callbackLocal : '',
    callbackZone: typeof value.callbackZone === 'string' ? value.callbackZone : null,
    callbackIsMine: value.callbackIsMine === true,
    answers: readAnswers(value.answers),
    unsent: typeof value.unsent === 'object' ? value.unsent : null,
  };
}

function readAnswers(value: unknown): FormAnswers {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
