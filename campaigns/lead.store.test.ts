import { describe, expect, test } from 'vitest';
import { addDoNotCall } from '../compliance/do-not-call.store.ts';
import { LOCALES } from '../compliance/locale.ts';
import type { LeadNoteId, UserId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { hours, type EpochMs } from '../kernel/time.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { disposeCall } from './call-disposition.store.ts';
import { attachList } from './campaign-list.store.ts';
import { NOON, seedCall, seedLead, seedOrganization } from './campaign.fixture.ts';
import { ENDINGS } from './ending.ts';
import { eventSentence, historyEntry, type LeadEvent } from './lead-history.ts';
import { readLeadHistory } from './lead-history.store.ts';
import { addLeadNote } from './lead-note.store.ts';
import { countLeads, searchLeads } from './lead-search.store.ts';
import { changeLeadList } from './lead-list.store.ts';
import { readLead } from './lead.store.ts';

const testDatabase = useTestDatabase();
const at = (offset: number) => (NOON + offset) as EpochMs;

async function seeded(name: string) {
  const { database, makeOrganization, newId } = testDatabase();
  const organizationId = await makeOrganization(name);
  const organization = database.organization(organizationId);
  const ports = { organizationId, organization, newId };
  return { ...ports, ports, query: organization.query, seed: await seedOrganization(ports) };
}

const isEnough = () => false;

describe('leads are found', () => {
  test('by the beginning of a name, an external id, or a number in any form', async () => {
    const { ports, query, organizationId, seed } = await seeded('Search');
    const ann = await seedLead(ports, seed, { phones: ['+13055550101'], name: 'O’Hara_100%' });
    const bob = await seedLead(ports, seed, { phones: ['+442079460000', '+442079460001'], name: 'Jones' });
    const wang = await seedLead(ports, seed, { phones: ['+8613912345678'], name: '王' });
    await query`update lead set external_id = 'X-7' where lead_id = ${bob.leadId}`;
    await query`update lead set first_name = '小明' where lead_id = ${wang.leadId}`;
    const find = async (text: string) =>
      (await searchLeads(query, organizationId, { text, limit: 10, isEnough })).leads.map(
        ({ leadId }) => leadId,
      );
    expect(await find('jon')).toEqual([bob.leadId]);
    expect(await find('o’hara_1')).toEqual([ann.leadId]);
    expect(await find('%')).toEqual([]);
    expect(await find('PAT')).toEqual([bob.leadId, ann.leadId].sort());
    expect(await find('pat jo')).toEqual([bob.leadId]);
    expect(await find('Jones, Pat')).toEqual([bob.leadId]);
    expect(await find('王小')).toEqual([wang.leadId]);
    expect(await find('X-7')).toEqual([bob.leadId]);
    expect(await find('(305) 555-0101')).toEqual([ann.leadId]);
    expect(await find('305 555')).toEqual([ann.leadId]);
    expect(await find('+44 20 7946 0000')).toEqual([bob.leadId]);
    expect(await find('0044 20 7946')).toEqual([bob.leadId]);
    await query`update organization set country = 'GB' where organization_id = ${organizationId}`;
    expect(await find('020 7946 0000')).toEqual([bob.leadId]);
    expect(await find('020 7946')).toEqual([bob.leadId]);
    expect(await find('nobody')).toEqual([]);
    expect(await find('')).toHaveLength(3);
  });

  test('page by page and once each, in every order, within a list or a campaign, however often the search stops', async () => {
    const { ports, organization, query, organizationId, seed } = await seeded('Pages');
    const names = ['Kim', 'Lee', 'Kim', 'Patel', 'Ames'];
    for (const [n, name] of names.entries())
      await seedLead(ports, seed, { phones: [`+1305555010${n}`], name });
    await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
    const { listId, campaignId } = seed;
    const questions = [
      { listId },
      { campaignId },
      { text: 'pat' },
      { text: '305' + '555' },
      { listId, order: 'name' },
      { order: '-name' },
      { order: '-added', campaignId },
    ] as const;
    for (const question of questions) {
      const seen: string[] = [];
      for (let after: string | undefined; ;) {
        const page = await searchLeads(query, organizationId, {
          ...question,
          after,
          limit: 2,
          isEnough: () => true,
        });
        seen.push(...page.leads.flatMap(({ phones }) => phones));
        if (page.next === null) break;
        after = page.next;
      }
      expect([...seen].sort(), JSON.stringify(question)).toEqual(
        [0, 1, 2, 3, 4].map((n) => `+1305555010${n}`),
      );
      if ('order' in question && question.order === '-name')
        expect(seen.map((phone) => names[Number(phone.at(-1))])).toEqual([
          'Patel',
          'Lee',
          'Kim',
          'Kim',
          'Ames',
        ]);
    }
    expect(await countLeads(query, organizationId, { text: 'kim', isEnough })).toEqual({
      leads: 2,
      next: null,
    });
  });

  test('only in one’s own organization', async () => {
    const mine = await seeded('Mine');
    const theirs = await seeded('Theirs');
    const { leadId } = await seedLead(theirs.ports, theirs.seed, { phones: ['+13055550101'] });
    const key = { organizationId: theirs.organizationId, leadId };
    expect((await searchLeads(mine.query, theirs.organizationId, { limit: 10, isEnough })).leads).toEqual([]);
    expect(await readLead(mine.query, key, NOON)).toBeNull();
    expect((await readLeadHistory(mine.query, key, { limit: 10 })).events).toEqual([]);
    const note = { noteId: mine.ports.newId<LeadNoteId>(NOON), at: NOON, text: 'x', writtenBy: null };
    expect(await addLeadNote(mine.query, key, note)).toBe(false);
  });
});

test('a lead whose list is paused or has expired says so, on its page and in its history', async () => {
  const { ports, organization, query, organizationId, seed } = await seeded('Held');
  const { leadId } = await seedLead(ports, seed, { phones: ['+13055550101'] });
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  const key = { organizationId, leadId };
  const holdOf = async () => (await readLead(query, key, NOON))?.campaigns[0]?.hold;
  const newest = async () => {
    const [event] = (await readLeadHistory(query, key, { limit: 5, now: at(hours(1)) })).events;
    return event && historyEntry(event, 'en').sentence;
  };
  expect(await holdOf()).toBeNull();
  await changeLeadList(query, seed, { change: { isPaused: true }, at: at(hours(1)) });
  expect(await holdOf()).toBe('list-paused');
  expect(await newest()).toBe('not called: the list “December” is paused');
  await changeLeadList(query, seed, {
    change: { isPaused: false, expiresOn: '2026-12-01' },
    at: at(hours(1)),
  });
  expect(await holdOf()).toBe('list-expired');
  expect(await newest()).toBe('imported into the list “December”');
  // It expired before he was imported.
  const { events } = await readLeadHistory(query, key, { limit: 5, now: NOON });
  expect(events[1]).toMatchObject({ kind: 'list-held', hold: 'list-expired', expiresOn: '2026-12-01' });
  await changeLeadList(query, seed, { change: { expiresOn: '2026-12-02' }, at: NOON });
  expect(await holdOf()).toBeNull();
});

/** A lead that was refused, called twice, talked with, and put on the do-not-call list. */
async function eventful(name: string) {
  const { ports, organization, organizationId, query, seed } = await seeded(name);
  const phone = '+13055550101';
  const { leadId } = await seedLead(ports, seed, { phones: [phone, '+12125550102'] });
  await attachList(organization, seed, { listId: seed.listId, priority: 0, at: NOON });
  const evening = at(hours(9) + 31 * 60_000);
  await query`
    insert into refusal (organization_id, at, campaign_id, lead_id, phone, rule, rules_version, facts, retry_at)
    values (${organizationId}, ${new Date(evening)}, ${seed.campaignId}, ${leadId}, ${phone}, 'calling-window', '2026-11-20',
            ${JSON.stringify({ zone: 'America/New_York', localTime: '21:31', from: '08:00', to: '21:00', zoneCount: 1 })}::text::jsonb,
            ${new Date(at(hours(20)))})`;
  await seedCall(ports, seed, {
    leadId,
    phone,
    placedAt: at(hours(20)),
    endedAt: at(hours(20) + 30_000),
    ending: 'no-answer',
  });
  const talkAt = at(hours(24));
  const callId = await seedCall(ports, seed, {
    leadId,
    phone,
    placedAt: talkAt,
    answeredAt: talkAt,
    bridgedAt: talkAt,
    endedAt: (talkAt + 125_000) as EpochMs,
    ending: 'connected',
    agentId: seed.agentId,
  });
  await disposeCall(organization, organizationId, {
    callId,
    agentId: seed.agentId,
    code: 'callback',
    notes: 'wants the blue one',
    callbackAt: at(hours(27)),
    callbackIsMine: false,
    at: (talkAt + 140_000) as EpochMs,
  });
  const addedBy = seed.agentId as string as UserId;
  const entry = {
    phone: phone as PhoneNumber,
    campaignId: null,
    source: 'officer',
    addedBy,
    addedAt: at(hours(25)),
  };
  await addDoNotCall(query, organizationId, [entry]);
  return { query, organizationId, seed, leadId };
}

describe('the page of a lead', () => {
  test('has its numbers with zones and lists, and where it stands in each campaign', async () => {
    const { query, organizationId, seed, leadId } = await eventful('Page');
    expect(await readLead(query, { organizationId, leadId }, NOON)).toMatchObject({
      leadId,
      listName: 'December',
      numbers: [
        { phone: '+13055550101', zones: ['America/New_York'], doNotCall: 'organization' },
        { phone: '+12125550102', doNotCall: null },
      ],
      campaigns: [
        { campaignId: seed.campaignId, name: 'Winter', state: 'finished', attempts: 2, dueAt: at(hours(27)) },
      ],
    });
  });

  test('tells everything that happened in plain words, the newest first', async () => {
    const { query, organizationId, leadId } = await eventful('History');
    const { events, next } = await readLeadHistory(query, { organizationId, leadId }, { limit: 50 });
    expect(events.map((event) => eventSentence(event, 'en'))).toEqual([
      'put on the do-not-call list by Ann Agent',
      'Ann Agent noted: Call back; call back on 3 Dec 15:00',
      'called: talked with Ann Agent (2:05)',
      'called: no answer',
      'not called at 21:31 in Miami: calls are allowed there from 08:00 to 21:00; next 3 Dec 08:00',
      'imported into the list “December”',
    ]);
    expect(next).toBeNull();
    expect(historyEntry(events[1]!, 'en')).toMatchObject({
      kind: 'disposition',
      notes: 'wants the blue one',
      rule: null,
    });
    for (const event of events) expect(eventSentence(event, 'zh-CN')).toMatch(/\p{Script=Han}/u);
  });

  test('is read page by page without gaps or repeats', async () => {
    const { query, organizationId, leadId } = await eventful('Paged');
    const all = await readLeadHistory(query, { organizationId, leadId }, { limit: 50 });
    for (const limit of [1, 2, 4]) {
      const seen: LeadEvent[] = [];
      for (let after: string | undefined; ;) {
        const page = await readLeadHistory(query, { organizationId, leadId }, { limit, after });
        seen.push(...page.events);
        if (page.next === null) break;
        after = page.next;
      }
      expect(seen).toEqual(all.events);
    }
  });

  test('has words for every ending in every language', () => {
    for (const locale of LOCALES) {
      const sentences = ENDINGS.map((ending) =>
        eventSentence({ kind: 'call', ending, agentName: null, talkMs: null } as LeadEvent, locale),
      );
      expect(new Set(sentences).size).toBe(ENDINGS.length);
      for (const [i, ending] of ENDINGS.entries())
        if (ending.includes('-')) expect(sentences[i]).not.toContain(ending);
    }
  });
});
