import {
  numbered,
  type ContractRecord,
  type ContractTrace,
  type RecordedEvent,
  type RecordedLeg,
} from './contract-trace.ts';

/** Parts the values of a header that was not always the same. */
const OR = ' | ';
/** A header that was missing in some runs. */
const ABSENT = '(absent)';

/** Puts several runs of one case together. */
export function recordOf(runs: readonly ContractTrace[], switchVersion: string): ContractRecord {
  const [first] = runs;
  if (first === undefined) throw new Error('A record needs at least one run.');
  return {
    case: first.case,
    switch: switchVersion,
    runs: runs.length,
    replies: first.replies,
    invites: first.invites,
    legs: Object.fromEntries(
      Object.keys(first.legs).map((leg) => [leg, recordedLeg(runs.map((run) => run.legs[leg] ?? []))]),
    ),
  };
}

function recordedLeg(runs: readonly ContractTrace['legs'][string][]): RecordedLeg {
  const orders = new Map<string, readonly string[]>();
  const events = new Map<string, RecordedEvent>();
  for (const run of runs) {
    const keyed = numbered(run);
    const order = orderOf(keyed.map(([key]) => key));
    orders.set(order.join(), order);
    for (const [key, { atMs, headers }] of keyed) {
      const known = events.get(key);
      events.set(key, known === undefined ? { atMs: [atMs, atMs], headers } : widened(known, atMs, headers));
    }
  }
  return { orders: [...orders.values()], events: Object.fromEntries(events) };
}

function widened(
  known: RecordedEvent,
  atMs: number,
  headers: Readonly<Record<string, string>>,
): RecordedEvent {
  const names = new Set([...Object.keys(known.headers), ...Object.keys(headers)]);
  const merged = [...names].map((name): [string, string] => {
    const values = valuesOf(known.headers[name] ?? ABSENT);
    return [name, [...new Set([...values, headers[name] ?? ABSENT])].sort().join(OR)];
  });
  return {
    atMs: [Math.min(known.atMs[0], atMs), Math.max(known.atMs[1], atMs)],
    headers: Object.fromEntries(merged),
  };
}

/** The values that a recorded header may have; ABSENT stands for none. */
export function valuesOf(recorded: string): readonly string[] {
  return recorded.split(OR);
}

/**
 * The names of the events in order. The result of the originate comes from a thread of its own: it is promised to come after the answer
 * or the hang-up that it tells of, and nothing more, so it is moved there.
 */
function orderOf(keys: readonly string[]): readonly string[] {
  const job = keys.indexOf('BACKGROUND_JOB');
  const cause = keys
    .slice(0, Math.max(0, job))
    .findLastIndex((key) => key === 'CHANNEL_ANSWER' || key === 'CHANNEL_HANGUP');
  if (job < 0 || cause < 0) return keys;
  const others = keys.filter((key) => key !== 'BACKGROUND_JOB');
  return [...others.slice(0, cause + 1), 'BACKGROUND_JOB', ...others.slice(cause + 1)];
}

/** In what a played case departs from the record, in plain words; empty when it does not. */
export function differencesFrom(record: ContractRecord, trace: ContractTrace): string[] {
  return [
    ...repliesDiffer(record, trace),
    ...Object.keys(record.legs).flatMap((leg) => legDiffers(record, trace, leg)),
    ...Object.entries(record.invites)
      .filter(([leg, count]) => trace.invites[leg] !== count)
      .map(([leg, count]) => `${leg}: ${trace.invites[leg] ?? 0} INVITEs instead of ${count}`),
  ].map((difference) => `${record.case}: ${difference}`);
}

function repliesDiffer(record: ContractRecord, trace: ContractTrace): string[] {
  return record.replies.flatMap(({ command, reply }, i) => {
    const got = trace.replies[i];
    if (got?.command !== command) return [`"${got?.command ?? 'nothing'}" was sent instead of "${command}"`];
    return got.reply === reply ? [] : [`"${command}" was answered "${got.reply}" instead of "${reply}"`];
  });
}

function legDiffers(record: ContractRecord, trace: ContractTrace, name: string): string[] {
  const leg = record.legs[name];
  const keyed = numbered(trace.legs[name] ?? []);
  if (leg === undefined) return [];
  const order = orderOf(keyed.map(([key]) => key)).join(', ');
  const isKnownOrder = leg.orders.some((known) => known.join(', ') === order);
  const orders = isKnownOrder
    ? []
    : [
        `${name} had\n    ${order}\n  and never that order, but\n    ${leg.orders.map((known) => known.join(', ')).join('\n    ')}`,
      ];
  return [
    ...orders,
    ...keyed.flatMap(([key, event]) => eventDiffers(leg.events[key], `${name} ${key}`, event)),
  ];
}

/** Runs differ by some ticks of 20 ms, and by how busy the machine is: all cases are played at once. */
const LATE_MS = 400;

function eventDiffers(
  recorded: RecordedEvent | undefined,
  where: string,
  event: ContractTrace['legs'][string][number],
): string[] {
  if (recorded === undefined) return [`${where}: never came`];
  const [earliest, latest] = recorded.atMs;
  const isInTime =
    event.atMs >= earliest - LATE_MS - earliest * 0.1 && event.atMs <= latest + LATE_MS + latest * 0.1;
  const names = new Set([...Object.keys(recorded.headers), ...Object.keys(event.headers)]);
  return [
    ...(isInTime ? [] : [`${where}: at ${event.atMs} ms instead of ${earliest} to ${latest}`]),
    ...[...names].flatMap((name) => {
      const allowed = recorded.headers[name];
      const value = event.headers[name] ?? ABSENT;
      if (allowed !== undefined && valuesOf(allowed).includes(value)) return [];
      return [`${where}: ${name} is "${value}" instead of "${allowed ?? ABSENT}"`];
    }),
  ];
}
