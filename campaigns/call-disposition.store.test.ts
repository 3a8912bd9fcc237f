import { describe, expect, test } from 'vitest';
import { doNotCallScope } from '../compliance/do-not-call.store.ts';
import type { AgentId, CallId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { hours, type EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { disposeCall, ownCallNumber, type CallDisposition } from './call-disposition.store.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedCall, seedLead, seedOrganization, type SeededCall } from './campaign.fixture.ts';

const testDatabase = useTestDatabase();
const PHONE = '+13055550101';
const at = (offset: number) => (NOON + offset) as EpochMs;

/** A lead that has talked with the agent, unless the changes say otherwise. */
async function talked(name: string, changes: Partial<SeededCall> = {}) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { organizationId, organization, newId };
  const seed = await seedOrganization(ports);
  const { leadId } = await seedLead(ports, seed, { phones: [PHONE] });
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  const call: SeededCall = {
    leadId,
    phone: PHONE,
    placedAt: NOON,
    answeredAt: at(1000),
    bridgedAt: at(1100),
    endedAt: at(60_000),
    ending: 'connected',
    agentId: seed.agentId,
    ...changes,
  };
  const callId = await seedCall(ports, seed, call);
  const dispose = (word: Partial<CallDisposition>) =>
    disposeCall(organization, organizationId, {
      callId,
      agentId: seed.agentId,
      code: 'sale',
      notes: '',
      callbackAt: null,
      callbackIsMine: false,
      at: at(70_000),
      ...word,
    });
  const lead = async () => {
    const [row] = await organization.query<{
      state: string;
      due_at: number;
      finished_why: string | null;
      callback_agent_id: string | null;
    }>`
      select state, due_at, finished_why, callback_agent_id from campaign_lead where lead_id = ${leadId}`;
    return row!;
  };
  return { ...ports, seed, leadId, callId, dispose, lead };
}

test('finishes the lead by the agent’s word', async () => {
  const { dispose, lead, organization, callId } = await talked('Finish');
  expect(await dispose({ notes: 'two of them' })).toEqual({ ok: true });
  expect(await lead()).toMatchObject({ state: 'finished', finished_why: 'disposition:sale' });
  expect(
    await organization.query`select code, notes from call_disposition where call_id = ${callId}`,
  ).toEqual([{ code: 'sale', notes: 'two of them' }]);
});

test('a callback is an appointment, of this agent alone when he says so', async () => {
  const { dispose, lead, seed } = await talked('Callback');
  const callbackAt = at(hours(3));
  expect(await dispose({ code: 'callback', callbackAt, callbackIsMine: true })).toEqual({ ok: true });
  expect(await lead()).toEqual({
    state: 'callback',
    due_at: callbackAt,
    finished_why: null,
    callback_agent_id: seed.agentId,
  });
});

test('do-not-call on request puts the number on the list and finishes the lead together', async () => {
  const { dispose, lead, organization, organizationId } = await talked('Forbid');
  expect(await dispose({ code: 'do-not-call' })).toEqual({ ok: true });
  expect(await lead()).toMatchObject({ state: 'finished', finished_why: 'do-not-call' });
  const number = { phone: PHONE as PhoneNumber, campaignId: null };
  expect(await doNotCallScope(organization.query, organizationId, number)).toBe('organization');
});

test('an own callback is open to anyone after the campaign’s time, and one that could not be kept is not promised', async () => {
  const { dispose, organization, lead } = await talked('Open');
  await organization.query`update campaign set callback_open_after_ms = 600000`;
  const word = { code: 'callback', callbackIsMine: true };
  // 23:00 in New York.
  expect(await dispose({ ...word, callbackAt: at(hours(11)) })).toMatchObject({
    problem: 'callback-not-allowed',
    objection: { retryAt: at(hours(20)) },
  });
  expect((await lead()).state).toBe('awaiting-disposition');
  expect(await dispose({ ...word, callbackAt: at(hours(3)) })).toEqual({ ok: true });
  const openAt = async () =>
    await organization.query`select callback_open_at as at from campaign_lead where state = 'callback'`;
  expect(await openAt()).toEqual([{ at: at(hours(3)) + 600_000 }]);
  expect(await dispose({ ...word, callbackIsMine: false, callbackAt: at(hours(3)) })).toEqual({ ok: true });
  expect(await openAt()).toEqual([{ at: null }]);
});

describe('a word given during the talk', () => {
  test('moves the lead already, and counts the attempt that its ending will count', async () => {
    const { dispose, lead, organization } = await talked('Early', { endedAt: undefined, ending: undefined });
    await organization.query`update campaign set attempts_per_lead_max = 1`;
    expect(await dispose({ code: 'no-time' })).toEqual({ ok: true });
    expect(await lead()).toMatchObject({ state: 'finished', finished_why: 'attempts-used-up' });
  });

  test('is taken although the owner has not stored yet who talks', async () => {
    const { dispose, lead } = await talked('Unstored', { agentId: undefined });
    expect(await dispose({})).toEqual({ ok: true });
    expect((await lead()).state).toBe('finished');
  });
});

describe('a second word for the same call', () => {
  test('takes the place of the first', async () => {
    const { dispose, lead, organization } = await talked('Again');
    await dispose({});
    expect(await dispose({ code: 'no-time', at: at(80_000) })).toEqual({ ok: true });
    expect(await lead()).toMatchObject({
      state: 'waiting',
      finished_why: null,
      due_at: at(80_000 + hours(24)),
    });
    expect(await organization.query`select code from call_disposition`).toEqual([{ code: 'no-time' }]);
  });

  test('moves no lead that another call has taken up', async () => {
    const { dispose, lead, organization, leadId, newId } = await talked('Late');
    await dispose({ code: 'no-time' });
    const nextCall = newId<CallId>(NOON);
    await organization.query`update campaign_lead set state = 'calling', last_call_id = ${nextCall} where lead_id = ${leadId}`;
    expect(await dispose({})).toEqual({ ok: true });
    expect((await lead()).state).toBe('calling');
  });
});

describe('is refused, and nothing is stored,', () => {
  test.each([
    [{ code: 'made-up' }, 'unknown-code'],
    [{ code: 'callback' }, 'callback-without-time'],
    [{ code: 'callback', callbackAt: NOON }, 'callback-in-the-past'],
    [{ code: 'sale', callbackAt: at(hours(3)) }, 'time-without-callback'],
    [{ callId: '01980000-0000-7000-8000-000000000000' as CallId }, 'unknown-call'],
    [{ agentId: '01980000-0000-7000-8000-000000000000' as AgentId }, 'not-your-call'],
  ])('%j: %s', async (word, problem) => {
    const { dispose, lead, organization } = await talked(JSON.stringify(word));
    expect(await dispose(word)).toEqual({ ok: false, problem });
    expect((await lead()).state).toBe('awaiting-disposition');
    expect(await organization.query`select code from call_disposition`).toEqual([]);
  });

  test('for a call of another organization', async () => {
    const mine = await talked('One');
    const theirs = await talked('Two');
    expect(await mine.dispose({ callId: theirs.callId })).toEqual({ ok: false, problem: 'unknown-call' });
    const key = { callId: theirs.callId, agentId: mine.seed.agentId };
    expect(await ownCallNumber(mine.organization.query, mine.organizationId, key)).toBeNull();
  });
});

test('the number of an agent’s own call is his to forbid, that of a colleague’s is not', async () => {
  const { organization, organizationId, callId, seed, newId } = await talked('Own');
  const numberFor = (agentId: AgentId) =>
    ownCallNumber(organization.query, organizationId, { callId, agentId });
  expect(await numberFor(seed.agentId)).toEqual({ phone: PHONE, campaignId: seed.campaignId });
  expect(await numberFor(newId<AgentId>(NOON))).toBeNull();
});

describe('the campaign’s form', () => {
  const FORM = [
    {
      key: 'plan',
      label: 'Plan',
      type: 'choice',
      options: ['gold', 'silver'],
      isRequired: true,
      writesTo: 'Plan',
    },
    { key: 'first', label: 'Name', type: 'text', options: [], isRequired: false, writesTo: 'firstName' },
    { key: 'mood', label: 'Mood', type: 'text', options: [], isRequired: false, writesTo: null },
  ];
  async function asked(name: string) {
    const made = await talked(name);
    await made.organization.query`update campaign set form = ${JSON.stringify(FORM)}::text::jsonb`;
    const answers = () =>
      made.organization
        .query`select key, value from call_form_answer where call_id = ${made.callId} order by key`;
    const person = async () =>
      (await made.organization.query`select first_name, fields from lead where lead_id = ${made.leadId}`)[0];
    return { ...made, answers, person };
  }

  test('is stored with the word, and written into the lead where it says so', async () => {
    const { dispose, answers, person } = await asked('Answered');
    expect(await dispose({ answers: { plan: 'gold', first: 'Rosa', mood: ' good ', gone: 'x' } })).toEqual({
      ok: true,
    });
    expect(await answers()).toEqual([
      { key: 'first', value: 'Rosa' },
      { key: 'mood', value: 'good' },
      { key: 'plan', value: 'gold' },
    ]);
    expect(await person()).toMatchObject({ first_name: 'Rosa', fields: { Plan: 'gold' } });
    // The same word again, with one answer changed and one taken back.
    expect(await dispose({ answers: { plan: 'silver', mood: '' } })).toEqual({ ok: true });
    expect(await answers()).toEqual([
      { key: 'first', value: 'Rosa' },
      { key: 'plan', value: 'silver' },
    ]);
  });

  test('must be complete for a success, and of the right kind for any word; else nothing is stored', async () => {
    const { dispose, answers, organization, leadId } = await asked('Incomplete');
    expect(await dispose({})).toEqual({ ok: false, problem: 'form-incomplete' });
    expect(await dispose({ code: 'no-time', answers: { plan: 'lead' } })).toEqual({
      ok: false,
      problem: 'answer-misfit',
    });
    expect(await answers()).toEqual([]);
    expect(await organization.query`select code from call_disposition`).toEqual([]);
    // What the lead has already need not be typed again.
    await organization.query`update lead set fields = '{"Plan": "gold"}' where lead_id = ${leadId}`;
    expect(await dispose({})).toEqual({ ok: true });
  });
});
