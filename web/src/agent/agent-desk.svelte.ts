import type { CallId, CommandId } from '../../../kernel/ids.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type {
  AgentDesk as DeskView,
  CallDisposition,
  DeskFormField,
  Disposition,
  FormAnswers,
  FormProblem,
} from '../../../server/api.ts';
import { formProblemOf } from '../../../server/api/desk-lead.schema.ts';
import type { ServerClock } from '../ui/server-clock.svelte.ts';
import { CallDraft, type DraftFields } from './call-draft.svelte.ts';
import type { Commands } from './commands.svelte.ts';
import { instantInZone } from './customer-time.ts';
import type { DeskFeed } from './desk-feed.svelte.ts';
import { LeadNotes, type LeadNotePorts } from './lead-notes.svelte.ts';
import { DispositionSaver, type SaverPorts } from './disposition-saver.svelte.ts';

export type DeskCall = NonNullable<DeskView['call']>;

/** What is missing before a disposition can be stored. */
export type DraftGap = 'code' | 'callback-time' | 'callback-past' | 'form';

export interface AgentDeskWiring {
  readonly feed: DeskFeed;
  readonly commands: Commands;
  readonly saver: SaverPorts;
  readonly notes: LeadNotePorts;
  readonly newId: () => CommandId;
  readonly clock: ServerClock;
  readonly storage: Storage;
}

/** A call that has just come must not be hung up by a key that was meant for something else. */
export const HANG_UP_GUARD_MS = 2000;

/** One agent's workplace: what he sees, what he has typed, and what he may do next. */
export class AgentDesk {
  readonly feed: DeskFeed;
  readonly commands: Commands;
  readonly saver: DispositionSaver;
  readonly notes: LeadNotes;
  readonly #clock: ServerClock;
  readonly #newId: () => CommandId;
  #draft = $state.raw<CallDraft | null>(null);
  #storedCallId = $state<CallId | null>(null);
  #next = $state<'ready' | 'pause'>('ready');

  constructor(wiring: AgentDeskWiring) {
    this.feed = wiring.feed;
    this.commands = wiring.commands;
    this.#clock = wiring.clock;
    this.#newId = wiring.newId;
    this.saver = new DispositionSaver(wiring.saver, (callId) => {
      if (this.#draft?.callId === callId) this.#draft.discard();
      else new CallDraft(callId, wiring.storage).discard();
      this.#storedCallId = callId;
    });
    this.notes = new LeadNotes(wiring.notes, wiring.storage);
    // Here and not where it is read first: state that a reader makes himself does not wake him.
    wiring.feed.whenDeskComes((view) => {
      this.#holdLead(view);
      const { call } = view;
      if (call === null || call.callId === this.#draft?.callId) return;
      this.#draft = new CallDraft(call.callId, wiring.storage);
      this.#goOnStoring();
    });
  }

  /** Nobody is left before his person is known: with the first picture after a reload he may still be looked up. */
  #holdLead({ agent, lead, call, preview, dialling }: DeskView): void {
    if (lead === null && (call ?? preview ?? dialling) !== null) return;
    this.notes.hold(agent.agentId, lead?.leadId ?? null);
  }

  get view(): DeskView | null {
    return this.feed.desk;
  }

  get state(): DeskView['agent']['state'] {
    return this.view?.agent.state ?? 'signed-out';
  }

  /** The call in hand: while it is up, and after it until its outcome is stored. */
  get call(): DeskCall | null {
    const call = this.view?.call ?? null;
    if (call === null) return null;
    return call.endedAt === null || call.needsDisposition ? call : null;
  }

  /** A lead to look at before it is dialled. */
  get preview(): DeskView['preview'] {
    return this.call === null ? (this.view?.preview ?? null) : null;
  }

  /** A call that is made for this agent alone and has no answer yet. */
  get dialling(): DeskView['dialling'] {
    return this.call === null ? (this.view?.dialling ?? null) : null;
  }

  /** By hand: with nothing in hand, in a campaign of the pool that runs. */
  get mayDial(): boolean {
    const { view, state } = this;
    if (view === null || this.call !== null || view.preview !== null || view.dialling !== null) return false;
    return this.feed.isCurrent && view.campaigns.length > 0 && (state === 'ready' || state === 'paused');
  }

  get isCallUp(): boolean {
    return this.call !== null && this.call.endedAt === null;
  }

  /** The outcome of the call in hand is stored; the call itself may still be up. */
  get isDisposed(): boolean {
    const { call } = this;
    return call !== null && (!call.needsDisposition || call.callId === this.#storedCallId);
  }

  /** What was typed about the call in hand. */
  get draft(): CallDraft | null {
    const { call } = this;
    return call !== null && this.#draft?.callId === call.callId ? this.#draft : null;
  }

  get disposition(): Disposition | null {
    const code = this.draft?.fields.code ?? null;
    return this.view?.dispositions.find((known) => known.code === code) ?? null;
  }

  get zones(): readonly string[] {
    return this.view?.lead?.zones ?? [];
  }

  /** The zone in which the callback is typed. */
  get callbackZone(): string | null {
    const chosen = this.draft?.fields.callbackZone ?? null;
    return chosen !== null && this.zones.includes(chosen) ? chosen : (this.zones[0] ?? null);
  }

  get callbackAt(): EpochMs | null {
    const local = this.draft?.fields.callbackLocal ?? '';
    if (local === '') return null;
    return instantInZone(local, this.callbackZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  }

  get form(): readonly DeskFormField[] {
    return this.view?.lead?.form ?? [];
  }

  /** What the form shows: what was typed, else what is known of the lead. */
  get answers(): FormAnswers {
    return { ...this.view?.lead?.known, ...this.draft?.fields.answers };
  }

  /** The first field of the form that keeps the outcome from being stored. */
  get formProblem(): FormProblem | null {
    const { disposition } = this;
    return disposition === null ? null : formProblemOf(this.form, this.answers, disposition);
  }

  get gap(): DraftGap | null {
    if (this.disposition === null) return 'code';
    if (this.disposition.outcome === 'callback') {
      if (this.callbackAt === null) return 'callback-time';
      if (this.callbackAt <= this.#clock.now) return 'callback-past';
    }
    return this.formProblem === null ? null : 'form';
  }

  /** What happens after the outcome is stored. */
  get next(): 'ready' | 'pause' {
    return this.#next;
  }

  /** Milliseconds of wrap-up that are left; null while none is running. */
  get wrapLeftMs(): number | null {
    const { view } = this;
    if (view?.agent.state !== 'wrapping-up' || view.agent.wrapUntil === null) return null;
    return Math.max(0, view.agent.wrapUntil - this.#clock.now);
  }

  change(change: Partial<DraftFields>): void {
    this.saver.stopWaiting();
    this.draft?.change({ ...change, unsent: null });
  }

  answer(key: string, text: string): void {
    this.change({ answers: { ...this.draft?.fields.answers, [key]: text } });
  }

  choose(code: string): void {
    if (this.saver.state.kind !== 'saving') this.change({ code });
  }

  /** Stores the outcome; false when something is missing, see {@link gap}. */
  save(next: 'ready' | 'pause'): boolean {
    const { call, draft, disposition, callbackAt } = this;
    if (call === null || draft === null || disposition === null || this.gap !== null || this.isDisposed)
      return false;
    this.#next = next;
    const isCallback = disposition.outcome === 'callback' && callbackAt !== null;
    const { notes, callbackIsMine, answers } = draft.fields;
    const unsent: CallDisposition = {
      commandId: this.#newId(),
      code: disposition.code,
      notes,
      next,
      answers,
      ...(isCallback ? { callbackAt, callbackIsMine } : {}),
    };
    draft.change({ unsent });
    void this.saver.save(call.callId, unsent);
    return true;
  }

  /** The page was loaded again while an outcome had no answer yet: it goes on its way as it was. */
  #goOnStoring(): void {
    const { call, draft } = this;
    const unsent = draft?.fields.unsent ?? null;
    if (call === null || unsent === null || !call.needsDisposition) return;
    this.#next = unsent.next ?? 'ready';
    void this.saver.save(call.callId, unsent);
  }

  /** By key alone: not in the first moments of a call. */
  get mayHangUpByKey(): boolean {
    const { call } = this;
    return call !== null && this.isCallUp && this.#clock.now - call.connectedAt >= HANG_UP_GUARD_MS;
  }
}
