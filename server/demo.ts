import { putDefaultWords, putDispositions } from '../campaigns/agent-word.store.ts';
import { chooseDispositions } from '../campaigns/campaign-disposition.store.ts';
import { attachList } from '../campaigns/campaign-list.store.ts';
import { createCampaign, setCampaignState } from '../campaigns/campaign.store.ts';
import { findOrCreateLeadList } from '../campaigns/lead-list.store.ts';
import type { CampaignId, ListId, OrganizationId, PoolId, TrunkId, UserId } from '../kernel/ids.ts';
import type { Role } from '../kernel/roles.ts';
import type { Clock, EpochMs } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { Passwords } from './auth/password.ts';
import { insertUser, markAutomatic, putSeat } from './auth/user.store.ts';
import type { Database, OrganizationConnections } from './database.ts';
import { DEMO_CHOICE, DEMO_DISPOSITIONS, DEMO_FORM, DEMO_RULES, DEMO_SCRIPT } from './demo-campaign.ts';
import { importDemoLeads } from './demo-leads.job.ts';
import { insertOrganization } from './organization.store.ts';
import { insertPool, listPools, listTrunks, putTrunk } from './pool.store.ts';

export interface DemoPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface DemoSignIn {
  readonly role: Role;
  readonly email: string;
  readonly password: string;
}

/** Public on purpose: the demo listens on loopback and knows fictional people only. */
const PASSWORD = 'ringline-demo';
const CALLER_ID = '+12125550123';
const AUTOMATIC_AGENTS = ['Ada', 'Ben', 'Chloe', 'Dev', 'Elif', 'Farid', 'Grace', 'Hugo'];

const PEOPLE: readonly {
  readonly role: Role;
  readonly email: string;
  readonly name: string;
  readonly extension?: string;
}[] = [
  { role: 'manager', email: 'manager@demo.ringline', name: 'Mara Manager' },
  { role: 'agent', email: 'agent@demo.ringline', name: 'Alex Agent', extension: '1101' },
  { role: 'agent', email: 'agent2@demo.ringline', name: 'Robin Agent', extension: '1102' },
  { role: 'supervisor', email: 'supervisor@demo.ringline', name: 'Sven Supervisor' },
  { role: 'officer', email: 'officer@demo.ringline', name: 'Olga Officer' },
  { role: 'auditor', email: 'auditor@demo.ringline', name: 'Aki Auditor' },
  { role: 'admin', email: 'admin@demo.ringline', name: 'Amir Admin' },
];

/**
 * The demo organization: people in reserved number ranges, agents who work by themselves, seats for yours, and a campaign that
 * runs. Made at the first start and left alone afterwards. Only with the embedded database and the simulated switch.
 */
export async function makeDemo(ports: DemoPorts): Promise<readonly DemoSignIn[]> {
  const { database, clock, newId } = ports;
  const known = await database.system<{ organizationId: OrganizationId; isDemo: boolean }>`
    select organization_id as "organizationId", is_demo as "isDemo" from ringline_organizations()`;
  const now = clock.now();
  const organizationId = known.find(({ isDemo }) => isDemo)?.organizationId ?? newId<OrganizationId>(now);
  const making = { rows: database.organization(organizationId), organizationId, clock, newId, now };
  // A first start may die between the two: the next one makes what is missing.
  const [pool = { poolId: await makePeople(making) }] = await listPools(making.rows);
  const [campaign] = await making.rows.query`select from campaign limit 1`;
  if (campaign === undefined) await makeCampaign(making, pool.poolId);
  return PEOPLE.map(({ role, email }) => ({ role, email, password: PASSWORD }));
}

interface Making {
  readonly rows: OrganizationConnections;
  readonly organizationId: OrganizationId;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly now: EpochMs;
}

async function makePeople({ rows, organizationId, newId, now }: Making): Promise<PoolId> {
  const passwordHash = await new Passwords().hash(PASSWORD);
  const poolId: PoolId = newId(now);
  const automatic = AUTOMATIC_AGENTS.map((name, index) => ({
    role: 'agent' as const,
    name,
    email: `${name.toLowerCase()}@demo.ringline`,
    extension: String(1001 + index),
    isAutomatic: true,
  }));
  await rows.tx(async (query) => {
    await insertOrganization(query, {
      organizationId,
      name: 'Demo',
      country: 'US',
      isDemo: true,
      createdAt: now,
    });
    await insertPool({ query }, { organizationId, poolId, name: 'Demo agents' });
    await putDefaultWords(query, organizationId);
    await putDispositions(query, organizationId, DEMO_DISPOSITIONS);
    for (const person of [...PEOPLE, ...automatic]) {
      const userId: UserId = newId(now);
      const { email, name, role, extension } = person;
      await insertUser(query, {
        userId,
        organizationId,
        email,
        name,
        passwordHash,
        role,
        locale: 'en',
        createdAt: now,
      });
      if (extension !== undefined) await putSeat(query, { organizationId, userId, poolId, extension });
      if ('isAutomatic' in person) await markAutomatic(query, userId);
    }
  });
  return poolId;
}

async function makeCampaign(
  { rows, organizationId, clock, newId, now }: Making,
  poolId: PoolId,
): Promise<void> {
  const [trunk] = await listTrunks(rows);
  const trunkId = trunk?.trunkId ?? newId<TrunkId>(now);
  const campaignId: CampaignId = newId(now);
  await putTrunk(rows, {
    organizationId,
    trunk: {
      trunkId,
      name: 'Simulated carrier',
      dialTemplate: 'sofia/trunk/{number}@carrier.localhost',
      numberFormat: 'e164',
      callerIdIn: 'from',
      codecs: 'PCMU,PCMA',
      callsMax: 200,
      callsPerSecondMax: 20,
      pingSeconds: 0,
    },
  });
  const { listId } = await findOrCreateLeadList(rows.query, organizationId, {
    listId: newId<ListId>(now),
    name: 'Demo people',
    country: 'US',
    createdAt: now,
  });
  await importDemoLeads({ rows, organizationId, clock, newId, listId });
  await createCampaign(rows.query, organizationId, {
    campaignId,
    createdAt: now,
    settings: {
      name: 'Demo campaign',
      poolId,
      trunkId,
      dialMode: 'predictive',
      linesPerAgent: 1,
      abandonRateMax: 0.03,
      abandonTargetShare: 0.95,
      legalMs: 2000,
      ringTimeoutMs: 25_000,
      wrapUpMs: 30_000,
      callerId: CALLER_ID,
      messageFile: 'nobody-free-en.wav',
      timeZone: 'America/New_York',
      attemptsPerLeadMax: 6,
      attemptsPerNumberDayMax: 3,
      priority: 0,
      script: DEMO_SCRIPT,
      form: DEMO_FORM,
      ...DEMO_RULES,
    },
  });
  const key = { organizationId, campaignId };
  const author = { userId: null, at: now, newId };
  const chosen = await chooseDispositions(rows, key, { choice: DEMO_CHOICE, author });
  if (!chosen.ok) throw new Error(`Bug: the demo has no such outcomes: ${JSON.stringify(chosen)}`);
  await attachList(rows, key, { listId, priority: 0, at: now });
  const started = await setCampaignState(rows.query, key, { state: 'running', at: now });
  if (!started.ok) throw new Error(`Bug: the demo campaign does not start: ${JSON.stringify(started)}`);
}
