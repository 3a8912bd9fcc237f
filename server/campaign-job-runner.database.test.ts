import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { listChanges } from '../campaigns/campaign-change.store.ts';
import { JOB_LEASE_MS, runCampaignJob } from '../campaigns/campaign-job.job.ts';
import { claimCampaignJob, listCampaignJobs, openCampaignJobs } from '../campaigns/campaign-job.store.ts';
import { beginAttachment, detachList } from '../campaigns/campaign-list.store.ts';
import { seedOrganization } from '../campaigns/campaign.fixture.ts';
import { changeCampaign, readCampaign } from '../campaigns/campaign.store.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import { after, minutes } from '../kernel/time.ts';
import { CampaignJobRunner } from './campaign-job-runner.ts';
import { systemClock } from './clock.ts';
import { useTestDatabase } from './test-database.ts';
import { testLog } from './test-http.ts';

const testDatabase = useTestDatabase();
/** More than come in at once, and not a whole number of batches. */
const LEADS = 20_567;

function newRunner(): CampaignJobRunner {
  const { database, newId } = testDatabase();
  const settings = { imports: { isOnlyProcess: true } };
  return new CampaignJobRunner({ database, newId, clock: systemClock, log: testLog, settings });
}

/** Leads by the ten thousand, without the checks of foreign keys and the triggers, which are not what is tested here. */
async function fill(ids: readonly [organizationId: string, listId: string]): Promise<void> {
  const owner = new pg.Client({ connectionString: testDatabase().superuserUrl });
  await owner.connect();
  await owner.query('set session_replication_role = replica');
  await owner.query(
    `with made as (
       insert into lead (lead_id, organization_id, list_id, created_at)
       select gen_random_uuid(), $1, $2, now() from generate_series(1, $3::int) returning lead_id
     )
     insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key)
     select gen_random_uuid(), $1, $2, lead_id, '+1' || (2120000000 + row_number() over ()), 'America/New_York' from made`,
    [...ids, LEADS],
  );
  await owner.query('update lead_list set lead_count = $2 where list_id = $1', [ids[1], LEADS]);
  await owner.end();
}

/** An organization with a campaign and a list that does not belong to it yet. */
async function longList(name: string) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const { query } = organization;
  const { listId, campaignId } = await seedOrganization({ organizationId, organization, newId });
  await fill([organizationId, listId]);
  // What a test leaves half done is not for the runner of the next one.
  onTestFinished(async () => {
    await query`update campaign_job set state = 'cancelled' where state in ('queued', 'running')`;
  });
  const key = { organizationId, campaignId };
  const author = () => ({ userId: null, at: systemClock.now(), newId });
  const attach = (priority = 0) =>
    beginAttachment(organization, key, {
      attachment: { listId, priority, at: systemClock.now() },
      author: author(),
    });
  const claimJob = async () => {
    const [jobId = ''] = await openCampaignJobs(query);
    const at = systemClock.now();
    const lease = { at, until: after(at, JOB_LEASE_MS), isOnlyProcess: true };
    return await claimCampaignJob(query, { organizationId, jobId }, lease);
  };
  const run = async (rows: OrganizationDatabase = organization) =>
    await runCampaignJob(
      { database: rows, clock: systemClock, newId },
      (await claimJob())!,
      new AbortController().signal,
    );
  const leads = async () => {
    const [row] = await query<{ leads: number; waiting: number }>`
      select count(*)::int as leads, (count(*) filter (where state = 'waiting'))::int as waiting
        from campaign_lead where campaign_id = ${campaignId}`;
    return row;
  };
  const jobs = () => listCampaignJobs(query, key, systemClock.now());
  return { organization, organizationId, query, key, listId, author, attach, claimJob, run, leads, jobs };
}

/** A database that is gone after some batches, as for a process that is killed. */
function dyingAfter(database: OrganizationDatabase, batches: number): OrganizationDatabase {
  let left = batches;
  return {
    ...database,
    tx: (work) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('killed')) : database.tx(work);
    },
  };
}

async function runnerEnds(jobs: () => Promise<readonly unknown[]>): Promise<void> {
  const runner = newRunner();
  runner.start();
  await expect.poll(async () => (await jobs()).length, { interval: 20, timeout: 20_000 }).toBe(0);
  await runner.stop();
}

test('a long list is answered at once with leads to start with, the rest comes in by a job that says how far it is', async () => {
  const { organizationId, query, key, listId, attach, run, leads, jobs, organization } =
    await longList('Long');
  expect(await attach()).toEqual({ ok: true });
  const first = (await leads())?.leads ?? 0;
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(LEADS / 2);
  const campaign = await readCampaign(query, organizationId, key.campaignId);
  expect(campaign).toMatchObject({ hasOpenLeads: true, lists: [{ listId, leads: LEADS }] });
  await expect(run(dyingAfter(organization, 2))).rejects.toThrow('killed');
  expect(await jobs()).toMatchObject([
    { kind: 'attach-list', listName: 'December', state: 'running', leadsDone: 20_000, leadsExpected: LEADS },
  ]);
});

test('killed in the middle, the job goes on with the next process, and no lead is missing or comes twice', async () => {
  const { organization, query, attach, run, leads, jobs } = await longList('Killed');
  await attach();
  await expect(run(dyingAfter(organization, 2))).rejects.toThrow('killed');
  expect(await leads()).toEqual({ leads: 20_000, waiting: 20_000 });
  await runnerEnds(jobs);
  expect(await leads()).toEqual({ leads: LEADS, waiting: LEADS });
  expect(await openCampaignJobs(query)).toEqual([]);
});

test('a run that was given up writes nothing more when it wakes', async () => {
  const { organization, attach, claimJob, leads } = await longList('Frozen');
  await attach();
  const before = await leads();
  const old = await claimJob();
  await claimJob();
  const { newId } = testDatabase();
  const ports = { database: organization, clock: systemClock, newId };
  expect(await runCampaignJob(ports, old!, new AbortController().signal)).toBeNull();
  expect(await leads()).toEqual(before);
});

test('a list that is taken away on its way in stays away, and brought back it is complete', async () => {
  const { organization, key, listId, attach, run, leads, jobs } = await longList('Away');
  await attach();
  await expect(run(dyingAfter(organization, 1))).rejects.toThrow('killed');
  await detachList(organization, key, { listId });
  expect(await run()).toBe('cancelled');
  expect(await leads()).toEqual({ leads: 10_000, waiting: 0 });
  await attach();
  // Taken away and brought back before the job has looked.
  await detachList(organization, key, { listId });
  await attach();
  await runnerEnds(jobs);
  expect(await leads()).toEqual({ leads: LEADS, waiting: LEADS });
});

test('another priority for a list that is on its way, or there, begins nothing anew', async () => {
  const { query, attach, run, jobs, leads, organization, key, organizationId } = await longList('Priority');
  await attach();
  await expect(run(dyingAfter(organization, 1))).rejects.toThrow('killed');
  await attach(5);
  expect(await jobs()).toMatchObject([{ leadsDone: 10_000 }]);
  expect(await run()).toBe('done');
  await attach(7);
  expect(await openCampaignJobs(query)).toEqual([]);
  expect(await leads()).toEqual({ leads: LEADS, waiting: LEADS });
  expect((await readCampaign(query, organizationId, key.campaignId))?.lists).toMatchObject([{ priority: 7 }]);
});

test('a new retry rule of a large campaign gives its resting leads another date by a job, and the history says how many', async () => {
  const { organization, query, key, author, attach, run, jobs, organizationId } = await longList('Rests');
  await attach();
  await run();
  const endedAt = systemClock.now();
  await query`
    with called as (
      update campaign_lead set last_call_id = gen_random_uuid(), last_ending = 'busy', due_why = 'busy',
                               due_at = ${new Date(endedAt)}::timestamptz + interval '20 minutes'
       where campaign_id = ${key.campaignId} and lead_id < '40000000-0000-0000-0000-000000000000'
      returning last_call_id, lead_id, phone
    )
    insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance,
                      is_simulated, ended_at, ending)
    select last_call_id, ${new Date(endedAt)}, ${organizationId}, pool_id, 1, 'campaign', ${key.campaignId}, lead_id, phone, '{}', true,
           ${new Date(endedAt)}, 'busy' from called cross join (select pool_id from campaign where campaign_id = ${key.campaignId}) p`;
  const change = { retryRules: { busy: { afterMs: minutes(45), triesMax: null, isSpread: false } } };
  expect(await changeCampaign(organization, key, { change, author: author() })).toEqual({ ok: true });
  expect(await jobs()).toMatchObject([{ kind: 're-date', leadsDone: 0, leadsExpected: LEADS }]);
  await expect(run(dyingAfter(organization, 2))).rejects.toThrow('killed');
  await runnerEnds(jobs);
  const [due] = await query<{ resting: number; later: number }>`
    select (count(*) filter (where last_ending = 'busy'))::int as resting,
           (count(*) filter (where due_at = ${new Date(after(endedAt, minutes(45)))}))::int as later
      from campaign_lead where campaign_id = ${key.campaignId}`;
  expect(due?.later).toBeGreaterThan(LEADS / 5);
  expect(due?.later).toBe(due?.resting);
  const history = await listChanges(query, key, { after: null, limit: 10 });
  expect(history.find(({ field }) => field === 'leads-redated')?.after).toBe(due?.resting);
});
