import { NOON, seedOrganization, type Seed, type SeedPorts } from '../campaigns/campaign.fixture.ts';
import { clear, type Clearance, type Verdict } from '../compliance/gate.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { Epoch, LeadId, NumberId, PoolId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { EpochMs, MonotonicMs } from '../kernel/time.ts';
import { claimLeads, type ClaimRequest } from './claim.store.ts';
import { commitVerdicts, type Committed } from './commit.store.ts';
import type { Fence } from './fence.ts';
import { takePool } from './lease.store.ts';
import type { ClaimedLead } from './pool-event.ts';

export { NOON };
export const NEW_YORK = 'America/New_York';
export const LATER = (ms: number): EpochMs => (NOON + ms) as EpochMs;

/** A pool of one campaign that we own with epoch 1. */
export interface StoredPool extends SeedPorts {
  readonly seed: Seed;
  readonly fence: Fence;
}

/** Each call makes a campaign, list and pool of their own in the same organization. */
export async function storedPool(ports: SeedPorts): Promise<StoredPool> {
  const unique = await uniqueNames(ports.organization);
  const seed = await seedOrganization({ ...ports, organization: unique });
  await ports.organization.query`
    insert into campaign_list (campaign_id, list_id, organization_id)
    values (${seed.campaignId}, ${seed.listId}, ${ports.organizationId})`;
  const epoch = await take({ ...ports, seed }, 'first');
  if (epoch === null) throw new Error('the pool was not taken');
  return { ...ports, seed, fence: { poolId: seed.poolId, epoch } };
}

/** Names are unique in an organization: what an earlier pool of the same test file used is moved out of the way. */
async function uniqueNames(organization: OrganizationDatabase): Promise<OrganizationDatabase> {
  await organization.query`update pool set name = pool_id::text`;
  await organization.query`update trunk set name = trunk_id::text`;
  await organization.query`update lead_list set name = list_id::text`;
  await organization.query`update campaign set name = campaign_id::text`;
  await organization.query`
    update agent set extension = (10000 + (select count(*) from agent))::text where extension = '1001'`;
  return organization;
}

type Ported = Pick<StoredPool, 'organization' | 'organizationId' | 'seed'>;

export async function take(
  { organization, organizationId, seed }: Ported,
  by: string,
): Promise<Epoch | null> {
  return await takePool(organization, {
    poolId: seed.poolId,
    organizationId,
    ownerAddress: `http://${by}`,
    ownerSecret: by,
    at: NOON,
  });
}

export async function expireLease({ query }: OrganizationDatabase, poolId: PoolId): Promise<void> {
  await query`
    update pool_heartbeat set expires_at = clock_timestamp() - interval '1 second' where pool_id = ${poolId}`;
}

/** A takeover as it happens after the owner's death. */
export async function takeOver(pool: StoredPool, by = 'second'): Promise<Fence> {
  await expireLease(pool.organization, pool.seed.poolId);
  const epoch = await take(pool, by);
  if (epoch === null) throw new Error('the pool was not taken');
  return { poolId: pool.seed.poolId, epoch };
}

export interface StoredLead {
  readonly leadId: LeadId;
  readonly numberId: NumberId;
  readonly phone: PhoneNumber;
}

export interface LeadChanges {
  readonly phone?: string;
  readonly zoneKey?: string;
  readonly priority?: number;
  readonly dueAt?: EpochMs;
  readonly state?: string;
  readonly attempts?: number;
}

let lines = 1_000_000;

/** Leads of the campaign, one per entry, in this order of making; each has a number of its own unless it says otherwise. */
export async function storeLeads(pool: StoredPool, leads: readonly LeadChanges[]): Promise<StoredLead[]> {
  const { organization, organizationId, newId, seed } = pool;
  const rows = leads.map((lead) => {
    lines += 1;
    return {
      lead_id: newId<LeadId>(NOON),
      number_id: newId<NumberId>(NOON),
      phone: lead.phone ?? `+1212${String(lines)}`,
      zone_key: lead.zoneKey ?? NEW_YORK,
      priority: lead.priority ?? 0,
      due_at: new Date(lead.dueAt ?? LATER(-1000)).toISOString(),
      state: lead.state ?? 'waiting',
      attempts: lead.attempts ?? 0,
    };
  });
  const json = JSON.stringify(rows);
  await organization.query`
    insert into lead (lead_id, organization_id, list_id, created_at)
    select lead_id, ${organizationId}, ${seed.listId}, ${new Date(NOON)}
      from jsonb_to_recordset(${json}::text::jsonb) as x(lead_id uuid)`;
  await organization.query`
    insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key)
    select number_id, ${organizationId}, ${seed.listId}, lead_id, phone, zone_key
      from jsonb_to_recordset(${json}::text::jsonb) as x(number_id uuid, lead_id uuid, phone text, zone_key text)`;
  await organization.query`
    insert into campaign_lead (campaign_id, lead_id, organization_id, state, due_at, priority, number_id, phone, zone_key, attempts)
    select ${seed.campaignId}, lead_id, ${organizationId}, state, due_at, priority, number_id, phone, zone_key, attempts
      from jsonb_to_recordset(${json}::text::jsonb)
        as x(lead_id uuid, state text, due_at timestamptz, priority int, number_id uuid, phone text, zone_key text, attempts int)`;
  return rows.map(({ lead_id: leadId, number_id: numberId, phone }) => ({
    leadId,
    numberId,
    phone: phone as PhoneNumber,
  }));
}

export async function claim(
  pool: StoredPool,
  changes: Partial<ClaimRequest> & { readonly fence?: Fence; readonly database?: OrganizationDatabase } = {},
): Promise<ClaimedLead[]> {
  const { organization, organizationId, newId, seed } = pool;
  const { fence = pool.fence, database = organization, ...request } = changes;
  return await claimLeads(database, fence, {
    organizationId,
    campaignId: seed.campaignId,
    zoneKeys: [NEW_YORK],
    count: 100,
    now: NOON,
    newId,
    ...request,
  });
}

export function judge(leads: readonly ClaimedLead[], now = NOON): Verdict[] {
  return leads.map(({ candidate }) => clear(candidate, { now, monotonic: 0 as MonotonicMs }));
}

export async function commit(
  pool: StoredPool,
  verdicts: readonly Verdict[],
  changes: {
    readonly isSweep?: boolean;
    readonly fence?: Fence;
    readonly database?: OrganizationDatabase;
    readonly now?: EpochMs;
  } = {},
): Promise<Committed> {
  const { organization, organizationId, seed } = pool;
  return await commitVerdicts(changes.database ?? organization, changes.fence ?? pool.fence, {
    organizationId,
    campaignId: seed.campaignId,
    verdicts,
    isSweep: changes.isSweep ?? false,
    isSimulated: false,
    now: changes.now ?? NOON,
  });
}

/** Leads that are being called: stored, claimed, judged and committed. */
export async function placeCalls(pool: StoredPool, leads: readonly LeadChanges[]): Promise<Placed[]> {
  await storeLeads(pool, leads);
  const claimed = await claim(pool);
  const verdicts = judge(claimed);
  const { placed } = await commit(pool, verdicts);
  return claimed
    .filter(({ candidate }) => placed.includes(candidate.callId))
    .map((lead) => ({ ...lead, verdict: verdicts.find((v) => v.candidate === lead.candidate) as Clearance }));
}

export interface Placed extends ClaimedLead {
  readonly verdict: Clearance;
}

interface LeadState {
  readonly state: string;
  readonly attempts: number;
  readonly dueAt: EpochMs;
  readonly claimedFrom: string | null;
  readonly claimEpoch: number | null;
  readonly finishedWhy: string | null;
  readonly lastEnding: string | null;
  readonly lastCallId: string | null;
  readonly phone: string;
}

export async function leadState({ organization, seed }: StoredPool, leadId: LeadId): Promise<LeadState> {
  const [lead] = await organization.query<LeadState>`
    select state, attempts, due_at as "dueAt", claimed_from as "claimedFrom", claim_epoch as "claimEpoch",
           finished_why as "finishedWhy", last_ending as "lastEnding", last_call_id as "lastCallId", phone
      from campaign_lead where campaign_id = ${seed.campaignId} and lead_id = ${leadId}`;
  if (!lead) throw new Error('no such lead');
  return lead;
}

export async function openAttempts({ organization, seed }: StoredPool): Promise<string[]> {
  const rows = await organization.query<{ id: string }>`
    select call_id as id from open_attempt where pool_id = ${seed.poolId} order by call_id`;
  return rows.map(({ id }) => id);
}
