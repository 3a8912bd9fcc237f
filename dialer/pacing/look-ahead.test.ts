import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Chances } from './chances.ts';
import { exactLookAhead, poissonBinomial } from './exact-look-ahead.fixture.ts';
import { ANSWERS_WITHIN_MS, freeWithinMs, LookAhead, type LookAheadInputs } from './look-ahead.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
/** The same chance at every moment ahead: what happens, happens at once. */
const always = (p: number) => (withinMs: number) => (withinMs > 0 ? p : 0);

/** Sums over every combination of successes. */
function byHand(chances: readonly number[]): number[] {
  const pmf = Array.from({ length: chances.length + 1 }, () => 0);
  for (let set = 0; set < 2 ** chances.length; set += 1) {
    let probability = 1;
    let successes = 0;
    for (const [index, p] of chances.entries()) {
      const isSuccess = (set & (1 << index)) !== 0;
      probability *= isSuccess ? p : 1 - p;
      successes += isSuccess ? 1 : 0;
    }
    pmf[successes]! += probability;
  }
  return pmf;
}

type Curve = (withinMs: number) => number;
interface World extends Omit<LookAheadInputs, 'ringing' | 'busy' | 'newDial'> {
  readonly ringing: readonly Curve[];
  readonly busy: readonly Curve[];
  readonly newDial: Curve;
}

const inputs = (changes: Partial<World>): World => ({
  idleAgents: 1,
  answersWaiting: 0,
  ringing: [],
  busy: [],
  newDial: always(0.3),
  theta: 0.03,
  headroom: 1000,
  linesMax: 100,
  ...changes,
});

function chances(curves: readonly Curve[], withinMs: readonly number[]): Chances {
  const all = new Chances(withinMs.length);
  all.begin(curves.length);
  for (const [moment, ms] of withinMs.entries())
    for (const [one, curve] of curves.entries()) all.byMoment[moment]![one] = curve(ms);
  return all;
}

const asInputs = (world: World): LookAheadInputs => ({
  ...world,
  ringing: chances(world.ringing, ANSWERS_WITHIN_MS),
  busy: chances(world.busy, freeWithinMs(2000)),
  newDial: ANSWERS_WITHIN_MS.map(world.newDial),
});
/** One for all tests: what it keeps from one decision to the next must not matter. */
const kept = new LookAhead();
const lookAhead = (world: World) => kept.decide(asInputs(world));

describe('the number of successes of independent trials', () => {
  test('is what summing over every combination gives', () => {
    fc.assert(
      fc.property(fc.array(chance, { maxLength: 9 }), (chances) => {
        const expected = byHand(chances);
        for (const [count, probability] of poissonBinomial(chances).entries())
          expect(probability).toBeCloseTo(expected[count]!, 12);
      }),
    );
  });

  test('is the binomial distribution when all chances are equal', () => {
    const pmf = poissonBinomial([0.5, 0.5, 0.5, 0.5]);
    expect([...pmf]).toEqual([1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]);
  });
});

describe('the risk of one more line, against hand-made sums', () => {
  /** The first line that is not dialled, and its risk: what a person who answers it has to fear. */
  const refusedAt = (changes: Partial<World>) => lookAhead(inputs({ theta: 0, ...changes }));

  test('one idle agent: the second line is abandoned when the first is answered', () => {
    expect(refusedAt({})).toEqual({ lines: 1, risk: expect.closeTo(0.3, 12) as number });
  });

  test('the third when one of the two before it is answered', () => {
    expect(lookAhead(inputs({ theta: 0.3 }))).toEqual({
      lines: 2,
      risk: expect.closeTo(1 - 0.7 ** 2, 12) as number,
    });
  });

  test('an agent who may become free takes that chance off', () => {
    expect(refusedAt({ busy: [always(0.25)] }).risk).toBeCloseTo(0.3 * 0.75, 12);
  });

  test('nobody idle: a line is abandoned when the busy one does not become free', () => {
    expect(refusedAt({ idleAgents: 0, busy: [always(0.9)] })).toEqual({
      lines: 0,
      risk: expect.closeTo(0.1, 12) as number,
    });
  });

  test('nobody there at all: every answer would be abandoned', () => {
    expect(lookAhead(inputs({ idleAgents: 0, theta: 0.9 }))).toEqual({ lines: 0, risk: 1 });
  });

  test('a person who waits takes an agent away, a line that rings its chance of an answer', () => {
    expect(refusedAt({ idleAgents: 2, answersWaiting: 1 }).risk).toBeCloseTo(0.3, 12);
    // Two idle, two ringing with 0.4 and 0.5: both answered is the risk of the third.
    expect(refusedAt({ idleAgents: 2, ringing: [always(0.4), always(0.5)] })).toEqual({
      lines: 0,
      risk: expect.closeTo(0.2, 12) as number,
    });
  });

  test('is the mean over the moments at which the new line may be answered', () => {
    // Half of its answers come within 2 s, when nobody is free yet; half by 10 s, when the agent is.
    const newDial = (withinMs: number) => (withinMs >= 10_000 ? 0.4 : withinMs > 0 ? 0.2 : 0);
    const busy = [(withinMs: number) => (withinMs >= 10_000 ? 1 : 0)];
    expect(refusedAt({ idleAgents: 0, newDial, busy }).risk).toBeCloseTo(0.5, 12);
  });

  test('agrees with every combination summed by hand', () => {
    const few = fc.array(chance, { maxLength: 4 });
    fc.assert(
      fc.property(few, few, fc.integer({ min: 0, max: 3 }), (ringing, busy, idle) => {
        const decision = lookAhead(
          inputs({
            ringing: ringing.map(always),
            busy: busy.map(always),
            idleAgents: idle,
            theta: -1,
            linesMax: 1,
          }),
        );
        if (ringing.length < idle) return; // Filled up without asking.
        const [answered, freed] = [byHand(ringing), byHand(busy)];
        let risk = 0;
        for (const [g, pg] of answered.entries())
          for (const [f, pf] of freed.entries()) if (g >= idle + f) risk += pg * pf;
        expect(decision.risk).toBeCloseTo(risk, 10);
      }),
    );
  });
});

describe('how many lines', () => {
  const anyWorld = fc.record({
    idleAgents: fc.nat(6),
    answersWaiting: fc.nat(3),
    ringing: fc.array(chance.map(always), { maxLength: 8 }),
    busy: fc.array(chance.map(always), { maxLength: 8 }),
    newDial: fc.double({ min: 0.01, max: 0.9, noNaN: true }).map(always),
    theta: chance,
    headroom: fc.double({ min: 1, max: 20, noNaN: true }),
    linesMax: fc.nat(40),
  });

  test('never fewer than one for each idle agent, as far as the trunk goes, and never more than the trunk has', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const { lines } = lookAhead(world);
        const floor = Math.max(0, world.idleAgents - world.answersWaiting - world.ringing.length);
        expect(lines).toBeGreaterThanOrEqual(Math.min(floor, world.linesMax));
        expect(lines).toBeLessThanOrEqual(world.linesMax);
      }),
    );
  });

  test('more with a higher theta, with more room under the limit, or with more agents; never fewer', () => {
    fc.assert(
      fc.property(anyWorld, chance, (world, more) => {
        const { lines } = lookAhead(world);
        expect(lookAhead({ ...world, theta: world.theta + more }).lines).toBeGreaterThanOrEqual(lines);
        expect(lookAhead({ ...world, headroom: world.headroom + 5 }).lines).toBeGreaterThanOrEqual(lines);
        expect(lookAhead({ ...world, idleAgents: world.idleAgents + 1 }).lines).toBeGreaterThanOrEqual(lines);
        expect(lookAhead({ ...world, busy: [...world.busy, always(0.5)] }).lines).toBeGreaterThanOrEqual(
          lines,
        );
      }),
    );
  });

  test('fewer with another line in flight, by no more than that line', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const { lines } = lookAhead(world);
        const more = lookAhead({ ...world, ringing: [...world.ringing, world.newDial] }).lines;
        expect(more).toBeLessThanOrEqual(lines);
        expect(more).toBeGreaterThanOrEqual(lines - 1);
      }),
    );
  });

  test('as many as idle agents and no more when the limit has no room, whatever theta says', () => {
    const { lines } = lookAhead(inputs({ idleAgents: 5, newDial: always(0.6), theta: 0.9, headroom: 0 }));
    expect(lines).toBe(5);
  });
});

test('the quick sums decide as the exact ones do with a theta that is half a thousandth off', () => {
  const growing = fc.double({ min: 0, max: 0.6, noNaN: true }).map(
    (most): Curve =>
      (withinMs) =>
        (most * withinMs) / (withinMs + 9000),
  );
  const many = fc.array(growing, { minLength: 30, maxLength: 120 });
  const anyWorld = fc.record({
    ringing: many,
    busy: many,
    idleAgents: fc.nat(9),
    theta: fc.double({ min: 0.002, max: 0.2 }),
  });
  fc.assert(
    fc.property(anyWorld, (drawn) => {
      const world = inputs({ ...drawn, newDial: always(0.3) });
      const { lines } = lookAhead(world);
      const exact = (off: number) => exactLookAhead(asInputs({ ...world, theta: world.theta + off })).lines;
      expect(lines).toBeGreaterThanOrEqual(exact(-5e-4));
      expect(lines).toBeLessThanOrEqual(exact(5e-4));
    }),
  );
});
