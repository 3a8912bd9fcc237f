import { putDefaultWords } from '../campaigns/agent-word.store.ts';
import { attachList } from '../campaigns/campaign-list.store.ts';
import { createCampaign } from '../campaigns/campaign.store.ts';
import { findOrCreateLeadList } from '../campaigns/lead-list.store.ts';
import { importLeads } from '../campaigns/lead-import/lead-import.job.ts';
import type { CampaignId, ListId, OrganizationId, PoolId, TrunkId, UserId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import type { ProductSetup } from '../loadtest/sip/product-under-test.ts';
import { insertUser, putSeat } from './auth/user.store.ts';
import type { Database, OrganizationConnections } from './database.ts';
import { insertOrganization } from './organization.store.ts';
import { insertPool, putTrunk } from './pool.store.ts';

export interface SipCampaignPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface SipCampaign {
  readonly organizationId: OrganizationId;
  readonly poolId: PoolId;
  readonly campaignId: CampaignId;
  readonly agents: readonly UserId[];
}

/** An organization with agents, a trunk and a campaign over the numbers, which is still to be started. */
export async function makeSipCampaign(ports: SipCampaignPorts, setup: ProductSetup): Promise<SipCampaign> {
  const { database, clock, newId } = ports;
  const now = clock.now();
  const organizationId: OrganizationId = newId(now);
  const rows = database.organization(organizationId);
  const poolId: PoolId = newId(now);
  const agents = await makeAgents({ ...ports, rows, organizationId, poolId }, setup.extensions);
  const trunkId: TrunkId = newId(now);
  await putTrunk(rows, {
    organizationId,
    trunk: {
      trunkId,
      name: 'Carrier',
      dialTemplate: setup.dialTemplate,
      numberFormat: 'e164',
      callerIdIn: 'from',
      codecs: 'PCMU,PCMA',
      callsMax: setup.callsMax,
      callsPerSecondMax: setup.callsPerSecond,
      pingSeconds: 0,
    },
  });
  const { listId } = await findOrCreateLeadList(rows.query, organizationId, {
    listId: newId<ListId>(now),
    name: 'Load test',
    country: 'GB',
    createdAt: now,
  });
  const imported = await importLeads(
    { database: rows, clock, newId },
    {
      organizationId,
      list: { listId },
      country: 'GB',
      fileName: 'load-test.csv',
      source: { chunks: leadFile(setup.numbers) },
      map: new Map(),
      startedBy: null,
    },
  );
  if (!imported.ok || imported.result.imported !== setup.numbers.length)
    throw new Error('Bug: not all numbers of the load test were imported');
  const campaignId: CampaignId = newId(now);
  await createCampaign(rows.query, organizationId, {
    campaignId,
    createdAt: now,
    settings: {
      name: 'Load test',
      poolId,
      trunkId,
      dialMode: 'predictive',
      linesPerAgent: 3,
      abandonRateMax: 0.03,
      abandonTargetShare: 0.95,
      legalMs: 2000,
      ringTimeoutMs: 15_000,
      wrapUpMs: 30_000,
      callerId: '+442079460000',
      messageFile: 'nobody-free-en.wav',
      timeZone: 'Europe/London',
      // Each number is called once: what the carrier does with it is fixed.
      attemptsPerLeadMax: 1,
      attemptsPerNumberDayMax: 1,
      priority: 0,
    },
  });
  await attachList(rows, { organizationId, campaignId }, { listId, priority: 0, at: now });
  return { organizationId, poolId, campaignId, agents };
}

interface AgentPlaces extends SipCampaignPorts {
  readonly rows: OrganizationConnections;
  readonly organizationId: OrganizationId;
  readonly poolId: PoolId;
}

async function makeAgents(places: AgentPlaces, extensions: readonly string[]): Promise<readonly UserId[]> {
  const { rows, organizationId, poolId, clock, newId } = places;
  const createdAt = clock.now();
  return rows.tx(async (query) => {
    await insertOrganization(query, {
      organizationId,
      name: 'Load test',
      country: 'GB',
      isDemo: false,
      createdAt,
    });
    await insertPool({ query }, { organizationId, poolId, name: 'Agents' });
    await putDefaultWords(query, organizationId);
    const agents: UserId[] = [];
    for (const extension of extensions) {
      const userId: UserId = newId(createdAt);
      await insertUser(query, {
        userId,
        organizationId,
        email: `${extension}@load.test`,
        name: `Agent ${extension}`,
        // Nobody signs in as one of them.
        passwordHash: '!',
        role: 'agent',
        locale: 'en',
        createdAt,
      });
      await putSeat(query, { organizationId, userId, poolId, extension });
      agents.push(userId);
    }
    return agents;
  });
}

async function* leadFile(numbers: readonly string[]): AsyncGenerator<Uint8Array> {
  const rows = numbers.map((number, i) => `${number},Lead,${String(i + 1)}`);
  yield await Promise.resolve(Buffer.from(['phone,first name,last name', ...rows, ''].join('\n')));
}
