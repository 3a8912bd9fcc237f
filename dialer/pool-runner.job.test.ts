import { afterEach, expect, test } from 'vitest';
import type { OrganizationDatabase, Query, SqlValue, Tx } from '../kernel/database.ts';
import { ConnectionLost } from '../kernel/database-error.ts';
import type { CallId, CommandId } from '../kernel/ids.ts';
import type { EpochMs, MonotonicMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { PoolRunner } from './pool-runner.job.ts';
import {
  LATER,
  leadState,
  openAttempts,
  storedPool,
  storeLeads,
  takeOver,
  type StoredPool,
} from './stored-pool.fixture.ts';
import type { SwitchCommand, SwitchFact } from './telephony.ts';

const testDatabase = useTestDatabase();
const cleanup: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of cleanup.splice(0)) await stop();
});

/** What happens around a statement: an error before it means that it was never sent, one after it that its reply never came. */
interface Trouble {
  before: (text: string) => Promise<void>;
  after: (text: string) => void;
}

function troubled(database: OrganizationDatabase, trouble: Trouble): OrganizationDatabase {
  const wrap =
    (ask: Query): Query =>
    async <Row extends object>(text: TemplateStringsArray, ...values: SqlValue[]) => {
      await trouble.before(text.join('?'));
      const rows = await ask<Row>(text, ...values);
      trouble.after(text.join('?'));
      return rows;
    };
  return { query: wrap(database.query), tx: (work) => database.tx((ask) => work(wrap(ask) as Tx)) };
}

/** A runner of a pool with one agent, whose clock stands still until it is moved; the switch writes down what it is asked. */
class Running {
  readonly trouble: Trouble = { before: () => Promise.resolve(), after: () => undefined };
  readonly commands: SwitchCommand[] = [];
  readonly left: string[] = [];
  isSwitchOpen = false;
  isLeaseFresh = true;
  readonly #pool: StoredPool;
  readonly #runner: PoolRunner;
  #passedMs = 0;
  #tell: (fact: SwitchFact) => void = () => undefined;

  constructor(pool: StoredPool) {
    this.#pool = pool;
    const silent = (): void => undefined;
    this.#runner = new PoolRunner({
      organizationId: pool.organizationId,
      fence: pool.fence,
      database: troubled(pool.organization, this.trouble),
      openSwitch: ({ onFact }) => {
        this.isSwitchOpen = true;
        this.#tell = onFact;
        return {
          telephony: { perform: (command) => this.commands.push(command) },
          close: () => (this.isSwitchOpen = false),
        };
      },
      isSimulated: false,
      isLeaseFresh: () => this.isLeaseFresh,
      endsSwitch: false,
      clock: { now: () => this.now, monotonic: () => this.#passedMs as MonotonicMs },
      newId: pool.newId,
      log: { debug: silent, info: silent, warn: silent, error: silent },
      onLeave: (reason) => this.left.push(reason),
    });
    cleanup.push(() => this.#runner.stop());
  }

  get now(): EpochMs {
    return LATER(this.#passedMs);
  }

  pass(ms: number): void {
    this.#passedMs += ms;
  }

  /** Until the agent is ready: from then on the next tick dials for him. */
  async start(): Promise<void> {
    await this.#pool.organization.query`
      update campaign set state = 'running', started_at = ${new Date(this.now)}
       where campaign_id = ${this.#pool.seed.campaignId}`;
    await this.#runner.start();
    this.#runner.feed({ type: 'clock-checked', offsetMs: 0 });
    this.#tell({ type: 'link-up', at: this.now, channels: [] });
    await this.#command('sign-in');
    const called = this.commands.find((command) => command.do === 'call-agent');
    this.#tell({ type: 'leg-answered', legId: called!.permit.legId, at: this.now });
    await this.#command('ready');
  }

  async #command(type: 'sign-in' | 'ready'): Promise<void> {
    const { agentId } = this.#pool.seed;
    const answer = await this.#runner.command({
      type,
      agentId,
      commandId: this.#pool.newId<CommandId>(this.now),
    });
    expect(answer).toEqual({ ok: true });
  }

  /** The settings once more, as after a change. */
  async readSettings(): Promise<void> {
    await this.#runner.readSettings();
  }

  stop(): Promise<void> {
    return this.#runner.stop();
  }

  get campaignStates(): string[] {
    return this.#runner.view().campaigns.map(({ state }) => state);
  }

  get answersToday(): number[] {
    return this.#runner.view().campaigns.map(({ today }) => today.humanAnswers);
  }

  /** Somebody answers the line that was dialled last and hangs up, as nobody serves him. */
  answeredAndGone(): void {
    const callId = this.dialled.at(-1) as CallId;
    const raw = { hangupCause: 'NORMAL_CLEARING', sipStatus: 200, q850Cause: 16 };
    const end = { hungUpBy: 'customer', unanswered: 'no-answer', raw } as const;
    this.#tell({ type: 'call-ended', callId, at: this.now, answeredAt: this.now, ...end });
  }

  /** The line that rings last is busy. */
  lineBusy(): void {
    const callId = this.dialled.at(-1) as CallId;
    const raw = { hangupCause: 'USER_BUSY', sipStatus: 486, q850Cause: 17 };
    this.#tell({ type: 'call-ended', callId, at: this.now, hungUpBy: 'carrier', unanswered: 'busy', raw });
  }

  get dialled(): string[] {
    return this.commands.flatMap((command) =>
      command.do === 'originate' ? [command.clearance.candidate.callId] : [],
    );
  }
}

const isCommit = (text: string): boolean => text.includes('insert into open_attempt');
const isReadingSeats = (text: string): boolean => text.includes('from agent a join app_user');
const isUndo = (text: string): boolean => text.includes('delete from open_attempt');

const calls = ({ organization, seed }: StoredPool) => organization.query<{
  id: string;
  ending: string | null;
}>`
  select call_id as id, ending from call where campaign_id = ${seed.campaignId} order by placed_at`;

test('a commit whose reply is lost dials nothing, and is undone as soon as the database answers', async () => {
  const pool = await storedPool(testDatabase());
  const [lead] = await storeLeads(pool, [{}]);
  const running = new Running(pool);
  let [commits, undos] = [0, 0];
  running.trouble.after = (text) => {
    if (isCommit(text) && (commits += 1) === 1)
      throw new ConnectionLost('no reply', { mayHaveHappened: true });
  };
  running.trouble.before = async (text) => {
    if (isUndo(text) && (undos += 1) === 1)
      throw new ConnectionLost('no connection', { mayHaveHappened: false });
  };
  await running.start();
  await expect.poll(() => calls(pool), { timeout: 10_000 }).toMatchObject([{ ending: 'lost' }]);
  expect(undos).toBe(2);
  expect(running.dialled).toEqual([]);
  expect(await openAttempts(pool)).toEqual([]);
  expect(await leadState(pool, lead!.leadId)).toMatchObject({ state: 'waiting', attempts: 0 });

  running.pass(15_000);
  await expect.poll(() => running.dialled, { timeout: 10_000 }).toHaveLength(1);
  expect(await calls(pool)).toMatchObject([{ ending: 'lost' }, { id: running.dialled[0], ending: null }]);
});

test('what was committed when the lease ran out is not dialled', async () => {
  const pool = await storedPool(testDatabase());
  const [lead] = await storeLeads(pool, [{}]);
  const running = new Running(pool);
  running.trouble.after = (text) => {
    if (isCommit(text)) running.isLeaseFresh = false;
  };
  await running.start();
  await expect.poll(() => calls(pool), { timeout: 10_000 }).toMatchObject([{ ending: 'lost' }]);
  expect(running.dialled).toEqual([]);
  expect(await leadState(pool, lead!.leadId)).toMatchObject({ state: 'waiting', attempts: 0 });
});

test('an owner whose pool is taken over before its commit dials nothing, closes its switch and leaves', async () => {
  const pool = await storedPool(testDatabase());
  await storeLeads(pool, [{}]);
  const running = new Running(pool);
  running.trouble.before = async (text) => {
    if (isCommit(text)) await takeOver(pool);
  };
  await running.start();
  await expect.poll(() => running.left, { timeout: 10_000 }).toHaveLength(1);
  expect(running.left[0]).toContain('epoch 1 does not own pool');
  expect([running.isSwitchOpen, running.dialled, await calls(pool)]).toEqual([false, [], []]);
});

test('a retry rule that is changed while a call rings holds for its ending', async () => {
  const pool = await storedPool(testDatabase());
  const [lead] = await storeLeads(pool, [{}]);
  const running = new Running(pool);
  await running.start();
  await expect.poll(() => running.dialled, { timeout: 10_000 }).toHaveLength(1);
  const rules = { busy: { afterMs: 3_600_000, triesMax: null, isSpread: false } };
  await pool.organization.query`
    update campaign set retry_rules = ${JSON.stringify(rules)}::text::jsonb where campaign_id = ${pool.seed.campaignId}`;
  await running.readSettings();
  running.lineBusy();
  await expect
    .poll(() => leadState(pool, lead!.leadId), { timeout: 10_000 })
    .toMatchObject({ state: 'waiting', lastEnding: 'busy', dueAt: running.now + 3_600_000 });
});

test('an orderly end waits for the commit that is under way: the next owner finds nothing that might have rung', async () => {
  const pool = await storedPool(testDatabase());
  const [lead] = await storeLeads(pool, [{}]);
  const running = new Running(pool);
  const [sent, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  running.trouble.before = async (text) => {
    if (!isCommit(text)) return;
    sent.resolve(undefined);
    await gate.promise;
  };
  await running.start();
  await sent.promise;
  const stopped = running.stop();
  gate.resolve(undefined);
  await stopped;
  expect(await openAttempts(pool)).toEqual([]);
  expect(
    await pool.organization.query`
    select c.ending, c.dialled_at, l.call_id as counted from call c left join abandonment_ledger l using (call_id)
     where c.campaign_id = ${pool.seed.campaignId}`,
  ).toEqual([{ ending: 'lost', dialled_at: null, counted: null }]);
  expect(await leadState(pool, lead!.leadId)).toMatchObject({ state: 'waiting', attempts: 0 });
  expect(running.dialled).toEqual([]);
});

test('an orderly end waits until a commit whose reply was lost is undone', async () => {
  const pool = await storedPool(testDatabase());
  await storeLeads(pool, [{}]);
  const running = new Running(pool);
  const [lost, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  running.trouble.after = (text) => {
    if (isCommit(text)) throw new ConnectionLost('no reply', { mayHaveHappened: true });
  };
  running.trouble.before = async (text) => {
    if (!isUndo(text)) return;
    lost.resolve(undefined);
    await gate.promise;
  };
  await running.start();
  await lost.promise;
  const stopped = running.stop();
  gate.resolve(undefined);
  await stopped;
  expect(await openAttempts(pool)).toEqual([]);
});

test('an orderly end gives up on a commit that does not come back', async () => {
  const pool = await storedPool(testDatabase());
  await storeLeads(pool, [{}]);
  const running = new Running(pool);
  const [sent, gate] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  running.trouble.before = async (text) => {
    if (!isCommit(text)) return;
    sent.resolve(undefined);
    await gate.promise;
  };
  await running.start();
  await sent.promise;
  const stopped = running.stop();
  running.pass(1500);
  await stopped;
  expect(running.isSwitchOpen).toBe(false);
  gate.resolve(undefined);
});

test('a change of the settings takes effect though more notifications come than readings can be made', async () => {
  const pool = await storedPool(testDatabase());
  const running = new Running(pool);
  await running.start();
  await pool.organization.query`
    update campaign set state = 'paused' where campaign_id = ${pool.seed.campaignId}`;
  const asked: Promise<void>[] = [];
  running.trouble.before = (text) => {
    if (isReadingSeats(text) && asked.length < 5) asked.push(running.readSettings());
    return Promise.resolve();
  };
  await running.readSettings();
  expect(running.campaignStates).toEqual(['paused']);
  await Promise.all(asked);
});

test('whoever changes the settings while they are read has them read once more', async () => {
  const pool = await storedPool(testDatabase());
  const running = new Running(pool);
  await running.start();
  const asked: Promise<void>[] = [];
  running.trouble.before = async (text) => {
    if (!isReadingSeats(text) || asked.length > 0) return;
    asked.push(running.readSettings());
    await pool.organization.query`
      update campaign set state = 'paused' where campaign_id = ${pool.seed.campaignId}`;
  };
  await running.readSettings();
  expect(running.campaignStates).toEqual(['running']);
  await Promise.all(asked);
  expect(running.campaignStates).toEqual(['paused']);
});

test('at the turn of a day a call that ended just before is in the figures', async () => {
  const pool = await storedPool(testDatabase());
  await storeLeads(pool, [{}]);
  const running = new Running(pool);
  await running.start();
  await expect.poll(() => running.dialled, { timeout: 10_000 }).toHaveLength(1);
  running.pass(24 * 3_600_000);
  running.answeredAndGone();
  await running.readSettings();
  expect(running.answersToday).toEqual([1]);
});
