import type { AgentId, LeadId, LeadNoteId } from '../../../kernel/ids.ts';
import { ApiError } from '../api/api-client.ts';
import { describeApiError } from '../api/describe-api-error.ts';

/** A note on a person: being typed, or on its way. */
export interface KeptNote {
  /** Made here: sent twice after a lost answer it is one note. */
  readonly noteId: LeadNoteId;
  readonly leadId: LeadId;
  readonly text: string;
  /** Nothing more is typed into it: it goes to the server, and again until it has an answer. */
  readonly isDone: boolean;
}

/** One that the server does not take. */
export interface RefusedNote extends KeptNote {
  readonly message: string;
}

export interface LeadNotePorts {
  send(note: KeptNote): Promise<unknown>;
  newId(): LeadNoteId;
}

const PREFIX = 'ringline.lead-notes.';
const AGAIN_AFTER_MS = 3000;

/**
 * Notes on people, apart from those of a call: they are stored when the agent says so, and at the latest when the person leaves his
 * screen. The browser keeps them with every key, for this agent alone; a reload or a broken line loses none.
 */
export class LeadNotes {
  readonly #ports: LeadNotePorts;
  readonly #storage: Storage;
  #agentId: AgentId | null = null;
  #leadId = $state<LeadId | null>(null);
  #kept = $state.raw<readonly KeptNote[]>([]);
  #refused = $state.raw<readonly RefusedNote[]>([]);
  #storedCount = $state(0);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isSending = false;

  constructor(ports: LeadNotePorts, storage: Storage) {
    this.#ports = ports;
    this.#storage = storage;
  }

  /** What is being typed about the person in hand. */
  get text(): string {
    return this.#open?.text ?? '';
  }

  /** On their way, about whomever. */
  get waiting(): readonly KeptNote[] {
    return this.#kept.filter(({ isDone }) => isDone);
  }

  get refused(): readonly RefusedNote[] {
    return this.#refused;
  }

  /** Grows with each note that the server has: then the history has one more. */
  get storedCount(): number {
    return this.#storedCount;
  }

  /** Whom the agent has before him; null = nobody. What was typed about somebody else is done. */
  hold(agentId: AgentId, leadId: LeadId | null): void {
    if (this.#agentId !== agentId) {
      this.#agentId = agentId;
      this.#kept = read(this.#storage.getItem(PREFIX + agentId));
    }
    this.#leadId = leadId;
    if (this.#kept.some((note) => !note.isDone && note.leadId !== leadId))
      this.#keep(this.#kept.map((note) => (note.leadId === leadId ? note : { ...note, isDone: true })));
    void this.#sendAll();
  }

  write(text: string): void {
    const leadId = this.#leadId;
    if (leadId === null) return;
    const { noteId } = this.#open ?? { noteId: this.#ports.newId() };
    this.#keep([
      ...this.#kept.filter((note) => note !== this.#open),
      { noteId, leadId, text, isDone: false },
    ]);
  }

  /** False when there is nothing to store. */
  store(): boolean {
    const open = this.#open;
    if (open === null || open.text.trim() === '') return false;
    this.#keep(this.#kept.map((note) => (note === open ? { ...open, isDone: true } : note)));
    void this.#sendAll();
    return true;
  }

  forgetRefused(noteId: LeadNoteId): void {
    this.#refused = this.#refused.filter((note) => note.noteId !== noteId);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  get #open(): KeptNote | null {
    return this.#kept.find(({ leadId, isDone }) => leadId === this.#leadId && !isDone) ?? null;
  }

  #keep(notes: readonly KeptNote[]): void {
    this.#kept = notes.filter(({ isDone, text }) => !isDone || text.trim() !== '');
    try {
      this.#storage.setItem(PREFIX + (this.#agentId ?? ''), JSON.stringify(this.#kept));
    } catch {
      // A full or forbidden storage must not stop anybody from typing; the text is still on the screen.
    }
  }

  async #sendAll(): Promise<void> {
    if (this.#isSending || this.#timer !== null) return;
    this.#isSending = true;
    for (let [next] = this.waiting; next && (await this.#send(next)); [next] = this.waiting);
    this.#isSending = false;
  }

  /** False when no answer came: it is tried again later. */
  async #send(note: KeptNote): Promise<boolean> {
    try {
      await this.#ports.send(note);
      this.#storedCount += 1;
    } catch (error) {
      if (!isRefusal(error)) {
        this.#timer = setTimeout(() => {
          this.#timer = null;
          void this.#sendAll();
        }, AGAIN_AFTER_MS);
        return false;
      }
      this.#refused = [...this.#refused, { ...note, message: describeApiError(error) }];
    }
    this.#keep(this.#kept.filter(({ noteId }) => noteId !== note.noteId));
    return true;
  }
}

/** The same note would be refused again; whoever is signed out or asks too often may come back with it. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status >= 400 && error.status < 500 && error.status !== 401 && error.status !== 429;
}

function read(text: string | null): readonly KeptNote[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value.filter(isKept) : [];
  } catch {
    return [];
  }
}

function isKept(value: unknown): value is KeptNote {
  if (typeof value !== 'object' || value === null) return false;
  const { noteId, leadId, text, isDone } = value as Partial<Record<keyof KeptNote, unknown>>;
  return [noteId, leadId, text].every((one) => typeof one === 'string') && typeof isDone === 'boolean';
}
