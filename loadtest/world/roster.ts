import type { Agent } from '../../dialer/agent.ts';
import type { AgentSeat } from '../../dialer/pool-event.ts';
import type { AgentCommand } from '../../dialer/agent-command.ts';
import type { AgentId, CallId, CommandId, LegId } from '../../kernel/ids.ts';
import { seededRandom, type Random } from '../../kernel/random.ts';
import type { EpochMs } from '../../kernel/time.ts';
import { quantile } from '../distribution.ts';
import type { Scenario } from '../scenario.schema.ts';
import type { Agenda } from './agenda.ts';

type Group = Scenario['agents'][number];
type Wish = AgentCommand extends infer Command
  ? Command extends AgentCommand
    ? Omit<Command, 'agentId' | 'commandId'>
    : never
  : never;

export interface RosterPorts {
  readonly scenario: Scenario;
  readonly agenda: Agenda;
  readonly seed: number;
  /** An agent asks the product for something. */
  readonly ask: (command: AgentCommand) => void;
  readonly loseLeg: (legId: LegId) => void;
  /** How long the wrap-up after this call takes. */
  readonly wrapUpMs: (callId: CallId) => number;
}

interface Worker {
  readonly agentId: AgentId;
  readonly group: Group;
  readonly random: Random;
  agent: Agent | null;
  /** He wants a break of his own, or is on one. */
  isPausing: boolean;
  isGone: boolean;
  /** Counts his shifts: what was planned in an earlier one is over. */
  shift: number;
}

/** Announced pauses and shift ends are asked for this long before, where the scenario does not say. */
const ANNOUNCED_MS = 60_000;

/** The agents of a scenario: they sign in, work, pause and leave by the product's own commands. */
export class Roster {
  readonly #ports: RosterPorts;
  readonly #workers = new Map<AgentId, Worker>();
  #commands = 0;

  constructor(ports: RosterPorts) {
    this.#ports = ports;
    let number = 0;
    for (const group of ports.scenario.agents) {
      for (let index = 0; index < group.count; index += 1) {
        number += 1;
        const agentId = `agent-${String(number)}` as AgentId;
        const random = seededRandom((ports.seed * 7919 + number) >>> 0);
        const fresh = { agent: null, isPausing: false, isGone: true, shift: 0 };
        this.#workers.set(agentId, { agentId, group, random, ...fresh });
      }
    }
  }

  get seats(): AgentSeat[] {
    return [...this.#workers.keys()].map((agentId, index) => ({
      agentId,
      name: agentId,
      extension: String(100_000 + index),
      isAutomatic: true,
    }));
  }

  talkFactor(agentId: AgentId): number {
    return this.#workers.get(agentId)?.group.talkFactor ?? 1;
  }

  /** Plans the comings and goings of one shift. */
  plan(startsAt: EpochMs): void {
    const { agenda, scenario } = this.#ports;
    for (const worker of this.#workers.values()) {
      const { fromHour, toHour, abrupt, shiftEndAnnouncedSeconds } = worker.group;
      const endsAt = (startsAt + Math.min(toHour ?? scenario.hours, scenario.hours) * 3_600_000) as EpochMs;
      agenda.at((startsAt + fromHour * 3_600_000) as EpochMs, () => {
        worker.isGone = false;
        worker.isPausing = false;
        worker.shift += 1;
        this.#ask(worker, { type: 'sign-in' });
        this.#planPause(worker);
      });
      const announcedMs = abrupt ? 0 : (shiftEndAnnouncedSeconds ?? 0) * 1000;
      agenda.at((endsAt - announcedMs) as EpochMs, () => {
        this.#leave(worker, abrupt && toHour !== undefined);
      });
    }
  }

  /** The product has moved an agent. */
  moved(agent: Agent): void {
    const worker = this.#workers.get(agent.id);
    if (!worker) return;
    const before = worker.agent;
    worker.agent = agent;
    if (before?.state === agent.state && before.since === agent.since) return;
    if (agent.state === 'wrapping-up') this.#wrapUp(worker, agent.callId);
    else if (agent.state === 'paused') this.#paused(worker, agent.unfinishedCallId);
    else if (agent.state === 'signed-out' && agent.unfinishedCallId !== null)
      this.#later(0, worker, { type: 'disposed', callId: agent.unfinishedCallId, next: 'ready' });
  }

  /** Agents who are neither free nor gone. */
  get stuck(): number {
    return [...this.#workers.values()].filter(({ agent }) => {
      const state = agent?.state ?? 'signed-out';
      return state !== 'ready' && state !== 'paused' && state !== 'signed-out' && state !== 'phone-lost';
    }).length;
  }

  #wrapUp(worker: Worker, callId: CallId): void {
    this.#later(this.#ports.wrapUpMs(callId), worker, { type: 'disposed', callId, next: 'ready' });
  }

  #paused(worker: Worker, unfinishedCallId: CallId | null): void {
    if (unfinishedCallId !== null) {
      this.#later(0, worker, { type: 'disposed', callId: unfinishedCallId, next: 'ready' });
      return;
    }
    if (!worker.isPausing) {
      this.#later(0, worker, { type: 'ready' });
      return;
    }
    worker.isPausing = false;
    const { pauses } = worker.group;
    const pauseMs = pauses ? Math.max(0, quantile(pauses.seconds, worker.random.next()) * 1000) : 0;
    this.#later(pauseMs, worker, { type: 'ready' });
    const { shift } = worker;
    this.#ports.agenda.in(pauseMs, () => {
      if (worker.shift === shift) this.#planPause(worker);
    });
  }

  #planPause(worker: Worker): void {
    const { pauses } = worker.group;
    if (!pauses || pauses.perHour <= 0) return;
    const inMs = (-Math.log1p(-worker.random.next()) * 3_600_000) / pauses.perHour;
    const isAnnounced = worker.random.next() < pauses.announcedShare;
    const { shift } = worker;
    this.#ports.agenda.in(inMs, () => {
      if (worker.isGone || worker.shift !== shift) return;
      worker.isPausing = true;
      const reason = 'break';
      // Announced: the product hears of it a minute before he would stop by himself.
      if (isAnnounced) this.#ask(worker, { type: 'pause', reason });
      else this.#later(ANNOUNCED_MS, worker, { type: 'pause', reason });
    });
  }

  #leave(worker: Worker, isAbrupt: boolean): void {
    worker.isGone = true;
    const { agent } = worker;
    if (isAbrupt && agent && 'legId' in agent) this.#ports.loseLeg(agent.legId);
    else this.#ask(worker, { type: 'sign-out' });
  }

  #later(ms: number, worker: Worker, wish: Wish): void {
    this.#ports.agenda.in(ms, () => {
      if (!worker.isGone || wish.type === 'disposed') this.#ask(worker, wish);
    });
  }

  #ask(worker: Worker, wish: Wish): void {
    this.#commands += 1;
    const commandId = `command-${String(this.#commands)}` as CommandId;
    this.#ports.ask({ ...wish, agentId: worker.agentId, commandId });
  }
}
