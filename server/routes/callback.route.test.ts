import { beforeAll, expect, test } from 'vitest';
import { seedLead, seedOrganization, type Seed } from '../../campaigns/campaign.fixture.ts';
import { localDay, localInstant } from '../../compliance/local-time.ts';
import type { AgentId, LeadId, OrganizationId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { CallbackChange, Callbacks } from '../api/callback.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { systemClock } from '../clock.ts';
import { useTestHttp, type TestUser } from '../test-http.ts';

const http = useTestHttp();
const DAY_MS = 86_400_000;
/** Noon of tomorrow at the leads' place: always within the hours at which people may be called. */
const noon = localInstant(
  'America/New_York',
  localDay('America/New_York', (systemClock.now() + DAY_MS) as EpochMs),
  12 * 60,
);
const past = (systemClock.now() - DAY_MS) as EpochMs;

let seed: Seed;
let supervisor: TestUser;
const leads: LeadId[] = [];

async function addCallback(dueAt: EpochMs, agentId: AgentId | null): Promise<LeadId> {
  const { database } = http();
  const phone = `+1305555${String(1000 + leads.length)}`;
  const { leadId, numberIds } = await seedLead({ ...database }, seed, { phones: [phone] });
  await database.organization.query`
    insert into campaign_lead (campaign_id, lead_id, organization_id, state, due_at, number_id, phone, zone_key, callback_agent_id)
    values (${seed.campaignId}, ${leadId}, ${seed.organizationId}, 'callback', ${new Date(dueAt)}, ${numberIds[0] ?? ''}, ${phone},
            'America/New_York', ${agentId})`;
  leads.push(leadId);
  return leadId;
}

beforeAll(async () => {
  const { database, signedIn } = http();
  seed = await seedOrganization({ ...database });
  await database.organization.query`update campaign set callback_open_after_ms = 600000`;
  supervisor = await signedIn('supervisor');
  await addCallback(noon, seed.agentId);
  await addCallback(past, null);
});

const list = async (query = '') => (await supervisor.get<Callbacks>(`/api/callbacks${query}`)).body;
const change = (leadId: LeadId, body: CallbackChange, user = supervisor) =>
  user.send<ErrorBody>('PATCH', `/api/callbacks/${seed.campaignId}/${leadId}`, body);
const ids = ({ callbacks }: Callbacks) => callbacks.map(({ leadId }) => leadId);

test('all callbacks are listed by their time, one agent’s, anyone’s, and those whose time is over; page by page', async () => {
  const [later, over] = leads;
  const all = await list();
  expect(ids(all)).toEqual([over, later]);
  expect(all.count).toEqual({ all: 2, overdue: 1 });
  expect(all.callbacks[1]).toMatchObject({ agentName: 'Ann Agent', zones: ['America/New_York'] });
  expect(all.callbacks[0]?.phone).toContain('*');
  expect(ids(await list(`?owner=${seed.agentId}`))).toEqual([later]);
  expect(ids(await list('?owner=anyone'))).toEqual([over]);
  expect(ids(await list('?overdue=yes'))).toEqual([over]);
  const first = await list('?limit=1');
  expect(ids(await list(`?limit=1&after=${first.next ?? ''}`))).toEqual([later]);
});

test('a callback gets another time and owner; the absent owner’s is anyone’s when the campaign says; the lead’s notes have it', async () => {
  const leadId = await addCallback(past, null);
  const shownDueAt = past;
  expect((await change(leadId, { shownDueAt, dueAt: noon, agentId: seed.agentId })).status).toBe(200);
  const callback = (await list()).callbacks.find((one) => one.leadId === leadId);
  expect(callback).toMatchObject({ dueAt: noon, agentId: seed.agentId, openAt: noon + 600_000 });
  const [note] = await http().database.organization.query<{ text: string }>`
    select text from lead_note where lead_id = ${leadId}`;
  expect(note?.text).toMatch(/12:00 \(America\/New_York\), by Ann Agent/);
  expect((await change(leadId, { shownDueAt: noon, dueAt: noon, agentId: null })).status).toBe(200);
  expect((await list()).callbacks.find((one) => one.leadId === leadId)).toMatchObject({
    agentId: null,
    openAt: null,
  });
});

test('no callback is put into the past, into hours at which nobody may be called, or to somebody of another pool', async () => {
  const leadId = await addCallback(noon, null);
  const answer = async (body: Omit<CallbackChange, 'shownDueAt'>) =>
    (await change(leadId, { shownDueAt: noon, ...body })).body.error.message;
  expect(await answer({ dueAt: past, agentId: null })).toContain('is over already');
  expect(await answer({ dueAt: noon + 12 * 3_600_000, agentId: null })).toContain('outside the hours');
  const stranger = await http().addUser('agent');
  expect(await answer({ dueAt: noon, agentId: stranger.agentId })).toContain('no seat in the pool');
});

test('a callback that was dialled or changed meanwhile is left alone, and another organization’s is not there', async () => {
  const leadId = await addCallback(noon, null);
  const body = { shownDueAt: noon, dueAt: (noon + 60_000) as EpochMs, agentId: null };
  const organizationId: OrganizationId = await http().database.makeOrganization('Strangers');
  const stranger = await http().signedIn('supervisor', { organizationId });
  expect((await change(leadId, body, stranger)).status).toBe(409);
  expect((await stranger.get<Callbacks>('/api/callbacks')).body.callbacks).toEqual([]);
  await http().database.organization
    .query`update campaign_lead set state = 'calling' where lead_id = ${leadId}`;
  expect((await change(leadId, body)).body.error.code).toBe('callback-gone');
});
