// What one pacing decision costs: `node loadtest/bench/decision.ts [HOURS]`. Plays an hour of the main world with 10, 100 and 1,000 agents
// and times each decision of the look-ahead as it comes; some of them are decided a second time by the exact sums over every line and agent.
// With HOURS also plays shifts of that length with 100 and 1,000 agents. Prints one JSON object. Times of decisions are in µs: the mean by
// the processor's time, which other programs do not lengthen, median and 99 % by the clock.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { exactLookAhead } from '../../dialer/pacing/exact-look-ahead.fixture.ts';
import { Pacer, type PacingDecision, type PacingInputs } from '../../dialer/pacing/pacer.ts';
import { scenarioOf } from '../scenario.ts';
import type { Scenario } from '../scenario.schema.ts';
import { simulateWorld } from '../world/simulation.ts';

const AIMS_MICROS = new Map([
  [100, 50],
  [1000, 1000],
]);
const SHIFT_AIMS_SECONDS = new Map([
  [100, 15],
  [1000, 240],
]);
/** Times of one way of deciding. */
class Times {
  readonly #micros: number[] = [];
  #cpuMicros = 0;

  measure<Result>(work: () => Result): Result {
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    const result = work();
    this.#micros.push((performance.now() - startedAt) * 1000);
    const { user, system } = process.cpuUsage(cpu);
    this.#cpuMicros += user + system;
    return result;
  }

  get summary() {
    const sorted = this.#micros.toSorted((a, b) => a - b);
    const at = (share: number): number => round(sorted[Math.floor(sorted.length * share)] ?? 0);
    const mean = round(this.#cpuMicros / Math.max(1, sorted.length));
    return { decisions: sorted.length, mean, p50: at(0.5), p99: at(0.99) };
  }
}

/** Answers after which a pacer looks ahead, and then some. */
const LEARNED_ENOUGH = 100;

const world = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../scenarios/main.json'), 'utf8'),
) as Record<string, unknown>;
const mainWorld = (agents: number, hours: number): Scenario =>
  scenarioOf({ ...world, agents: [{ count: agents }], hours });

/** The same models with the exact sums. */
class ExactPacer extends Pacer {
  constructor({ rings, talks, wraps, controller }: Pacer) {
    super({ decide: exactLookAhead });
    Object.assign(this, { rings, talks, wraps, controller });
  }
}

/** The product's pacer under a stopwatch. */
class TimedPacer extends Pacer {
  readonly quick = new Times();
  readonly exact = new Times();
  /** What the quick sums took where the exact ones were asked too. */
  readonly quickBeside = new Times();
  otherLines = 0;
  readonly #exactPacer = new ExactPacer(this);
  readonly #exactEvery: number;
  #seen = 0;

  constructor(exactEvery: number) {
    super();
    this.#exactEvery = exactEvery;
  }

  override decide(inputs: PacingInputs): PacingDecision {
    if (this.rings.humansSeen < LEARNED_ENOUGH) return super.decide(inputs);
    const decision = this.quick.measure(() => super.decide(inputs));
    this.#seen += 1;
    if (this.#seen % this.#exactEvery === 0) {
      this.quickBeside.measure(() => super.decide(inputs));
      const exact = this.exact.measure(() => this.#exactPacer.decide(inputs));
      this.otherLines += Math.abs(exact.lines - decision.lines);
    }
    return decision;
  }
}

const round = (value: number): number => Math.round(value * 10) / 10;

function decisionsWith(agents: number) {
  const pacer = new TimedPacer(agents);
  simulateWorld(mainWorld(agents, 1), { seed: 1, dialMode: 'predictive', newPacer: () => pacer });
  const [quick, exact] = [pacer.quick.summary, pacer.exact.summary];
  return {
    agents,
    aim: AIMS_MICROS.get(agents) ?? null,
    quick,
    exact,
    exactByQuick: round(exact.mean / pacer.quickBeside.summary.mean),
    linesApart: pacer.otherLines / exact.decisions,
  };
}

function shiftWith(agents: number, hours: number) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const { time, tally } = simulateWorld(mainWorld(agents, hours), { seed: 1, dialMode: 'predictive' });
  const { user, system } = process.cpuUsage(cpu);
  return {
    agents,
    hours,
    wallSeconds: round((performance.now() - startedAt) / 1000),
    cpuSeconds: round((user + system) / 1e6),
    aimSeconds: hours === 8 ? (SHIFT_AIMS_SECONDS.get(agents) ?? null) : null,
    utilisation: (time.talkMs + time.wrapUpMs) / time.signedInMs,
    abandonRate: tally.counts.abandoned / tally.counts.humanAnswers,
  };
}

const shiftHours = Number(process.argv[2] ?? 0);
const result = {
  node: process.version,
  decisions: [10, 100, 1000].map(decisionsWith),
  shifts: shiftHours > 0 ? [100, 1000].map((agents) => shiftWith(agents, shiftHours)) : [],
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
