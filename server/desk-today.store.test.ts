import { expect, test } from 'vitest';
import { disposeCall } from '../campaigns/call-disposition.store.ts';
import { attachList } from '../campaigns/campaign-list.store.ts';
import { NOON, seedCall, seedLead, seedOrganization } from '../campaigns/campaign.fixture.ts';
import type { CallId } from '../kernel/ids.ts';
import { hours, minutes, type EpochMs } from '../kernel/time.ts';
import { nothingToday } from './api/desk-today.schema.ts';
import { loadOwnToday } from './desk-today.store.ts';
import { useTestDatabase } from './test-database.ts';

const testDatabase = useTestDatabase();
const { times: NO_TIMES } = nothingToday(NOON);
/** Minutes before or after noon of the campaign's zone. */
const at = (minute: number): EpochMs => (NOON + minute * minutes(1)) as EpochMs;

async function agentOf(name: string) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { organizationId, organization, newId };
  const seed = await seedOrganization(ports);
  const { agentId } = seed;
  await organization.query`update campaign set started_at = ${new Date(at(-600))}`;
  const became = async (minute: number, state: string, callId: CallId | null = null): Promise<void> => {
    await organization.query`
      insert into agent_state_change (organization_id, agent_id, at, state, call_id)
      values (${organizationId}, ${agentId}, ${new Date(at(minute))}, ${state}, ${callId})`;
  };
  const talk = async (minute: number, code: string, phone: string): Promise<CallId> => {
    const { leadId } = await seedLead(ports, seed, { phones: [phone] });
    await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
    const bridgedAt = at(minute);
    const endedAt = at(minute + 10);
    const call = { leadId, phone, placedAt: bridgedAt, answeredAt: bridgedAt, bridgedAt, endedAt, agentId };
    const callId = await seedCall(ports, seed, { ...call, ending: 'connected' });
    const word = { callId, agentId, code, notes: '', callbackAt: null, callbackIsMine: false, at: endedAt };
    expect(await disposeCall(organization, organizationId, word)).toEqual({ ok: true });
    return callId;
  };
  const today = (minute: number) => loadOwnToday(organization, { agentId, now: at(minute) });
  return { organization, became, talk, today };
}

test('utilisation is talk, hold and wrap-up of calls with people, of the time signed in with its pauses', async () => {
  const { became, talk, today } = await agentOf('Utilisation');
  const sale = await talk(-50, 'sale', '+13055550101');
  const machine = await talk(-30, 'machine', '+13055550102');
  await became(-1200, 'signed-out');
  await became(-60, 'ready');
  await became(-50, 'talking', sale);
  await became(-45, 'on-hold', sale);
  await became(-40, 'wrapping-up', sale);
  await became(-38, 'ready');
  await became(-30, 'talking', machine);
  await became(-20, 'wrapping-up', machine);
  await became(-15, 'paused');
  expect(await today(0)).toEqual({
    at: at(0),
    calls: 2,
    contacts: 1,
    sales: 1,
    rightParty: 1,
    callbacks: 0,
    hours: [{ hour: 11, calls: 2, sales: 1 }],
    times: {
      ...NO_TIMES,
      talking: minutes(15),
      'on-hold': minutes(5),
      'wrapping-up': minutes(7),
      ready: minutes(18),
      paused: minutes(15),
    },
    busyMs: minutes(12),
  });
});

test('outcomes stand in the hour of the organization’s zone in which they were stored', async () => {
  const { talk, today } = await agentOf('Hours');
  await talk(-130, 'sale', '+13055550101');
  await talk(-60, 'machine', '+13055550102');
  await talk(-10, 'sale', '+13055550103');
  expect((await today(5)).hours).toEqual([
    { hour: 10, calls: 1, sales: 1 },
    { hour: 11, calls: 1, sales: 0 },
    { hour: 12, calls: 1, sales: 1 },
  ]);
});

test('whoever works over midnight begins his day there', async () => {
  const { became, today } = await agentOf('Midnight');
  // 23:00 of the day before, in the organization's zone.
  await became(-13 * 60, 'ready');
  expect(await today(-11 * 60)).toMatchObject({
    times: { ...NO_TIMES, ready: hours(1) },
    busyMs: 0,
    calls: 0,
  });
  await became(-11 * 60, 'signed-out');
  expect(await today(0)).toMatchObject({ times: { ...NO_TIMES, ready: hours(1) } });
});

test('the day is that of the organization, whatever zone a campaign has', async () => {
  const { organization, became, talk, today } = await agentOf('Zones');
  await became(-30, 'ready');
  await talk(-20, 'sale', '+13055550101');
  const before = await today(0);
  expect(before).toMatchObject({ calls: 1, times: { ready: minutes(30) } });
  // There it has been another day for ten minutes.
  await organization.query`update campaign set time_zone = 'Asia/Kolkata'`;
  expect(await today(100)).toMatchObject({ calls: 1, times: { ready: minutes(130) } });
  await organization.query`update organization set time_zone = 'Asia/Kolkata'`;
  expect(await today(100)).toMatchObject({ calls: 0, times: { ready: minutes(10) } });
});
