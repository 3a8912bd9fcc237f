import type { OrganizationDatabase } from '../kernel/database.ts';
import type {
  AgentId,
  CallId,
  CampaignId,
  LeadId,
  ListId,
  NumberId,
  OrganizationId,
  PoolId,
  TrunkId,
  UserId,
} from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { putDefaultWords } from './agent-word.store.ts';
import { CAMPAIGN_DEFAULTS } from './campaign-defaults.ts';
import type { CampaignSettings } from './campaign.ts';
import { createCampaign } from './campaign.store.ts';
import { createLeadList } from './lead-list.store.ts';

/** Noon in New York on a Wednesday. */
export const NOON = Date.parse('2026-12-02T12:00:00-05:00') as EpochMs;

export interface SeedPorts {
  readonly organizationId: OrganizationId;
  readonly organization: OrganizationDatabase;
  readonly newId: NewId;
}

export interface Seed {
  readonly organizationId: OrganizationId;
  readonly poolId: PoolId;
  readonly trunkId: TrunkId;
  readonly agentId: AgentId;
  readonly listId: ListId;
  readonly campaignId: CampaignId;
}

export function campaignSettings(
  seed: Pick<Seed, 'poolId' | 'trunkId'>,
  changes: Partial<CampaignSettings> = {},
): CampaignSettings {
  return {
    ...CAMPAIGN_DEFAULTS,
    name: 'Winter',
    poolId: seed.poolId,
    trunkId: seed.trunkId,
    dialMode: 'progressive',
    linesPerAgent: 1,
    abandonRateMax: 0.03,
    abandonTargetShare: 0.95,
    legalMs: 2000,
    ringTimeoutMs: 25_000,
    wrapUpMs: 30_000,
    callerId: '+13055550199',
    messageFile: 'nobody-free-en.wav',
    timeZone: 'America/New_York',
    attemptsPerLeadMax: 6,
    attemptsPerNumberDayMax: 3,
    priority: 0,
    ...changes,
  };
}

/** An organization with one pool, trunk, agent, empty list and campaign. */
export async function seedOrganization({ organizationId, organization, newId }: SeedPorts): Promise<Seed> {
  const { query } = organization;
  const seed: Seed = {
    organizationId,
    poolId: newId<PoolId>(NOON),
    trunkId: newId<TrunkId>(NOON),
    agentId: newId<AgentId>(NOON),
    listId: newId<ListId>(NOON),
    campaignId: newId<CampaignId>(NOON),
  };
  const userId = seed.agentId as string as UserId;
  await query`insert into pool (pool_id, organization_id, name) values (${seed.poolId}, ${organizationId}, 'Sales')`;
  await query`
    insert into trunk (trunk_id, organization_id, name, dial_template)
    values (${seed.trunkId}, ${organizationId}, 'Carrier', 'sofia/trunk/{number}@127.0.0.1:5070')`;
  await query`
    insert into app_user (user_id, organization_id, email, name, password_hash, role, created_at)
    values (${userId}, ${organizationId}, ${`${userId}@example.com`}, 'Ann Agent', 'x', 'agent', ${new Date(NOON)})`;
  await query`
    insert into agent (agent_id, organization_id, pool_id, extension)
    values (${seed.agentId}, ${organizationId}, ${seed.poolId}, '1001')`;
  await putDefaultWords(query, organizationId);
  await createLeadList(query, organizationId, {
    listId: seed.listId,
    name: 'December',
    country: 'US',
    createdAt: NOON,
  });
  await createCampaign(query, organizationId, {
    campaignId: seed.campaignId,
    createdAt: NOON,
    settings: campaignSettings(seed),
  });
  return seed;
}

export interface SeededLead {
  readonly leadId: LeadId;
  readonly numberIds: readonly NumberId[];
}

/** A lead of the seed's list, with numbers in New York's zone. */
export async function seedLead(
  { organization, newId }: SeedPorts,
  { organizationId, listId }: Pick<Seed, 'organizationId' | 'listId'>,
  { phones, name = 'Lee' }: { readonly phones: readonly string[]; readonly name?: string },
): Promise<SeededLead> {
  const leadId = newId<LeadId>(NOON);
  await organization.query`
    insert into lead (lead_id, organization_id, list_id, first_name, last_name, created_at)
    values (${leadId}, ${organizationId}, ${listId}, 'Pat', ${name}, ${new Date(NOON)})`;
  const numberIds = phones.map(() => newId<NumberId>(NOON));
  for (const [position, phone] of phones.entries()) {
    await organization.query`
      insert into lead_number (number_id, organization_id, list_id, lead_id, phone, zone_key, position)
      values (${numberIds[position] ?? ''}, ${organizationId}, ${listId}, ${leadId}, ${phone}, 'America/New_York', ${position})`;
  }
  return { leadId, numberIds };
}

export interface SeededCall {
  readonly leadId: LeadId;
  readonly phone: string;
  readonly placedAt: EpochMs;
  readonly answeredAt?: EpochMs | undefined;
  readonly bridgedAt?: EpochMs | undefined;
  readonly endedAt?: EpochMs | undefined;
  readonly ending?: string | undefined;
  readonly agentId?: AgentId | undefined;
}

const instant = (at: EpochMs | undefined): Date | null => (at === undefined ? null : new Date(at));

/** A call as the owner of the pool writes it, and the lead as it stands behind it. */
export async function seedCall(
  { organization, newId }: SeedPorts,
  { organizationId, poolId, campaignId }: Pick<Seed, 'organizationId' | 'poolId' | 'campaignId'>,
  call: SeededCall,
): Promise<CallId> {
  const callId = newId<CallId>(call.placedAt);
  await organization.query`
    insert into call (call_id, placed_at, organization_id, pool_id, epoch, purpose, campaign_id, lead_id, phone, clearance,
                      is_simulated, dialled_at, answered_at, bridged_at, ended_at, ending, agent_id)
    values (${callId}, ${new Date(call.placedAt)}, ${organizationId}, ${poolId}, 1, 'campaign', ${campaignId}, ${call.leadId},
            ${call.phone}, '{}', false, ${new Date(call.placedAt)}, ${instant(call.answeredAt)}, ${instant(call.bridgedAt)},
            ${instant(call.endedAt)}, ${call.ending ?? null}, ${call.agentId ?? null})`;
  await organization.query`
    update campaign_lead set last_call_id = ${callId}, state = ${call.ending === undefined ? 'calling' : 'awaiting-disposition'},
                             attempts = attempts + ${call.ending === undefined ? 0 : 1}, last_ending = ${call.ending ?? null}
     where campaign_id = ${campaignId} and lead_id = ${call.leadId}`;
  return callId;
}
