import { z } from 'zod';
import { distSchema, distWith, nonNegative, share, shareMistake } from './distribution.schema.ts';

const count = z.number().int('must be a whole number').min(0, 'must not be negative');
/** Hours from the start of the shift. */
const fromHour = nonNegative.default(0);
const toHour = nonNegative.optional();

const agentGroup = z.strictObject({
  count,
  fromHour,
  toHour,
  /** They vanish without notice at the end, in talk, too. */
  abrupt: z.boolean().default(false),
  shiftEndAnnouncedSeconds: nonNegative.optional(),
  /** Multiplies their talk times. */
  talkFactor: z.number().positive('must be above 0').default(1),
  pauses: z
    .strictObject({ perHour: nonNegative, seconds: distSchema, announcedShare: share.default(1) })
    .optional(),
});

const outcomes = z
  .array(
    z
      .strictObject({
        fromHour,
        human: share,
        machine: share,
        busy: share,
        invalid: share,
        noAnswer: share,
        /** Makes the human share wander. */
        drift: z
          .strictObject({ cv: nonNegative, minutes: z.number().positive('must be above 0') })
          .optional(),
      })
      .check((payload) => {
        const { human, machine, busy, invalid, noAnswer } = payload.value;
        const message = shareMistake([human, machine, busy, invalid, noAnswer]);
        if (message !== null) payload.issues.push({ code: 'custom', input: payload.value, message });
      }),
  )
  .min(1, 'must have at least one entry');

const gamma = (mean: number, cv: number, offset = 0) => ({ dist: 'gamma', mean, cv, offset }) as const;
const constant = (mean: number) => ({ dist: 'constant', mean, cv: 0, offset: 0 }) as const;

/** Dial → that outcome. */
const answerDelaySeconds = z
  .strictObject({
    human: distSchema.default(gamma(9, 0.55, 2)),
    machine: distSchema.default(gamma(20, 0.2)),
    busy: distSchema.default(constant(2)),
    invalid: distSchema.default(constant(1)),
  })
  .prefault({});

const talkSeconds = z.array(distWith({ fromHour })).min(1, 'must have at least one entry');

const OUTCOMES = ['human', 'machine', 'busy', 'invalid', 'noAnswer'] as const;
const list = z.strictObject({
  leads: count.optional(),
  attemptsMax: z.number().int().min(1, 'must be at least 1').default(1),
  retryAfterSeconds: z.partialRecord(z.enum(OUTCOMES), nonNegative).default({}),
  zones: z.array(z.strictObject({ zone: z.string(), share })).optional(),
});

const amd = z.discriminatedUnion(
  'mode',
  [
    /** A machine takes this long of the agent. */
    z.strictObject({ mode: z.literal('off'), machineSeconds: distSchema.default(constant(8)) }),
    z.strictObject({
      mode: z.literal('gate'),
      delaySeconds: distSchema,
      falseMachineRate: share.default(0),
      missedMachineRate: share.default(0),
      auditShare: share.default(0),
      machineSeconds: distSchema.default(constant(8)),
    }),
    z.strictObject({ mode: z.literal('assist'), delaySeconds: distSchema }),
  ],
  'mode must be off, gate or assist',
);

const trunk = z.strictObject({
  maxConcurrentCalls: count.optional(),
  maxCallsPerSecond: nonNegative.optional(),
  outages: z
    .array(
      z.strictObject({
        fromHour: nonNegative,
        toHour: nonNegative,
        failRate: share,
        how: z.enum(['503', 'silence'], 'how must be 503 or silence'),
      }),
    )
    .default([]),
});

const inboundQueue = z.strictObject({
  name: z.string(),
  callsPerHour: z
    .array(z.strictObject({ fromHour, rate: nonNegative }))
    .min(1, 'must have at least one entry'),
  talkSeconds: distSchema,
  patienceSeconds: distSchema,
  targetSeconds: nonNegative,
  targetShare: share,
});

const fault = z.strictObject({
  kind: z.enum(
    [
      'event-lost',
      'event-twice',
      'event-late',
      'switch-restart',
      'dialer-kill',
      'database-gone',
      'owner-stalled',
    ],
    'is not one of the kinds of the contract',
  ),
  fromHour: nonNegative,
  toHour,
  /** Probability per event. */
  rate: share.optional(),
  /** Of delay, of being gone, of standing still. */
  seconds: nonNegative.optional(),
});

const campaign = z.strictObject({
  name: z.string().min(1, 'must not be empty'),
  weight: nonNegative.default(1),
  priority: z.number().default(0),
  abandonRateMax: share.optional(),
  list: list.optional(),
  outcomes: outcomes.optional(),
  talkSeconds: talkSeconds.optional(),
});

/** The whole scenario file; unknown keys are refused everywhere. */
export const scenarioSchema = z
  .strictObject({
    name: z.string().default(''),
    /** Length of a shift. */
    hours: z.number().positive('must be above 0').default(8),
    /** Shifts on consecutive days. */
    days: z.number().int().min(1, 'must be at least 1').default(1),
    startsAt: z.iso
      .datetime({ offset: true, error: 'must be a moment with its offset, like 2026-03-02T09:00:00-05:00' })
      .default('2026-03-02T09:00:00-05:00'),
    agents: z
      .array(agentGroup)
      .refine((groups) => groups.some((group) => group.count > 0), 'there are no agents; give at least one'),
    outcomes: outcomes.optional(),
    answerDelaySeconds,
    ringTimeoutSeconds: z.number().min(15, 'must be at least 15').default(25),
    talkSeconds: talkSeconds.optional(),
    wrapSeconds: distSchema,
    greetingSeconds: distSchema.default(constant(0)),
    humanPatienceSeconds: distSchema.default({ dist: 'lognormal', mean: 1.5, cv: 0.6, offset: 0 }),
    legalSeconds: nonNegative.default(2),
    amd: amd.prefault({ mode: 'off' }),
    connectSeconds: distSchema.default(constant(0.06)),
    list: list.optional(),
    campaigns: z.array(campaign).optional(),
    trunks: z.array(trunk).default([]),
    abandonRateMax: share.default(0.03),
    windows: z.array(z.enum(['day', '24h', '30d', 'rolling-30d', 'month'])).default(['day', '30d']),
    inbound: z.strictObject({ queues: z.array(inboundQueue) }).optional(),
    faults: z.array(fault).default([]),
  })
  .check((payload) => {
    const { campaigns = [], outcomes: shared, talkSeconds: talk } = payload.value;
    const bringOwn = (key: 'outcomes' | 'talkSeconds'): boolean =>
      campaigns.length > 0 && campaigns.every((one) => one[key] !== undefined);
    const missing = (key: 'outcomes' | 'talkSeconds'): void => {
      const message = 'is missing, and not every campaign has its own';
      payload.issues.push({ code: 'custom', input: payload.value, path: [key], message });
    };
    if (shared === undefined && !bringOwn('outcomes')) missing('outcomes');
    if (talk === undefined && !bringOwn('talkSeconds')) missing('talkSeconds');
  })
  .transform((scenario) => ({
    ...scenario,
    // Where every campaign has its own, those of the first stand for whoever asks without a campaign.
    outcomes: scenario.outcomes ?? scenario.campaigns?.[0]?.outcomes ?? [],
    talkSeconds: scenario.talkSeconds ?? scenario.campaigns?.[0]?.talkSeconds ?? [],
  }));

export type Scenario = z.output<typeof scenarioSchema>;
export type ScenarioOutcome = (typeof OUTCOMES)[number];
