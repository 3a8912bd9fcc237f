import { beforeEach, expect, test } from 'vitest';
import { CAMPAIGN_STANDARDS } from '../../../server/api/campaign-setup.schema.ts';
import { campaignChangeSchema } from '../../../server/api/campaign.schema.ts';
import type { Campaign, DispositionWord } from '../../../server/api.ts';
import { CampaignForm, NUMBER_FIELDS, NUMBER_RULES } from './campaign-form.svelte.ts';
import { WordsDraft } from './words-draft.svelte.ts';

const defaults = CAMPAIGN_STANDARDS;
const campaign: Campaign = {
  ...defaults.settings,
  name: 'Spring',
  poolId: '01900000-0000-7000-8000-000000000001' as Campaign['poolId'],
  timeZone: 'America/New_York',
  campaignId: '01900000-0000-7000-8000-000000000002' as Campaign['campaignId'],
  state: 'draft',
  startedAt: null,
  createdAt: 0 as Campaign['createdAt'],
  lists: [{ listId: 'l1' as Campaign['lists'][number]['listId'], name: 'Florida', leads: 10, priority: 0 }],
  startProblems: [],
  agentCount: 3,
  hasOpenLeads: true,
  version: 4,
};
let form: CampaignForm;

beforeEach(() => {
  form = new CampaignForm(campaign, defaults);
});

test('has the server’s own bounds', () => {
  for (const field of NUMBER_FIELDS) {
    const { min, max, factor } = NUMBER_RULES[field];
    const schema = campaignChangeSchema.shape[field];
    for (const bound of [min, max])
      expect(schema.safeParse(Number((bound * factor).toFixed(6))).success).toBe(true);
    for (const beyond of [min - 1, max + 1])
      expect(schema.safeParse(Number((beyond * factor).toFixed(6))).success, `${field} ${beyond}`).toBe(
        false,
      );
  }
});

test('people type seconds and per cent, with point or comma', () => {
  expect(form.numbers.ringTimeoutMs).toBe('25');
  expect(form.numbers.abandonRateMax).toBe('3');
  form.numbers.abandonRateMax = '2,85';
  form.numbers.legalMs = '1.5';
  expect(form.settings).toMatchObject({ abandonRateMax: 0.0285, legalMs: 1500 });
});

test('says which number is out of bounds, or no number', () => {
  form.numbers.ringTimeoutMs = '14';
  form.numbers.attemptsPerLeadMax = '2.5';
  form.numbers.priority = 'high';
  expect(Object.keys(form.problems).sort()).toEqual(['attemptsPerLeadMax', 'priority', 'ringTimeoutMs']);
  expect(form.problems.ringTimeoutMs).toEqual({ kind: 'number', min: 15, max: 120 });
});

test('sends only what differs from what is stored', () => {
  expect(form.change).toEqual({});
  form.choices.dialMode = 'predictive';
  form.texts.callerId = '+13055550100';
  form.numbers.wrapUpMs = '45';
  expect(form.change).toEqual({ dialMode: 'predictive', callerId: '+13055550100', wrapUpMs: 45_000 });
});

test('knows which lists to attach and which to take away', () => {
  const [first] = campaign.lists;
  if (!first) throw new Error('The campaign has a list.');
  form.toggleList(first.listId);
  form.toggleList('l2' as typeof first.listId);
  expect(form.listsToDetach).toEqual(['l1']);
  expect(form.listsToAttach).toEqual(['l2']);
});

test('shows what differs from the product’s own value, and puts it back', () => {
  expect(NUMBER_FIELDS.filter((field) => form.differs(field))).toEqual([]);
  form.numbers.wrapUpMs = '45';
  form.numbers.attemptsPerNumberMax = '3';
  expect(NUMBER_FIELDS.filter((field) => form.differs(field))).toEqual(['wrapUpMs', 'attemptsPerNumberMax']);
  form.reset('wrapUpMs');
  form.reset('attemptsPerNumberMax');
  expect(form.change).toEqual({});
});

test('an empty limit is none, an empty number that is needed is wrong', () => {
  form.numbers.attemptsPerLeadDayMax = '2';
  expect(form.change).toEqual({ attemptsPerLeadDayMax: 2 });
  form.numbers.attemptsPerLeadDayMax = ' ';
  form.numbers.attemptsPerLeadMax = '';
  expect(Object.keys(form.problems)).toEqual(['attemptsPerLeadMax']);
});

test('retry rules keep only what differs, and nothing below what the law says', () => {
  const rule = (ending: string) => form.retry.rules.find((draft) => draft.ending === ending)!;
  expect([rule('no-answer').amount, rule('no-answer').unit, rule('human-abandoned').amount]).toEqual([
    '4',
    'hours',
    '72',
  ]);
  Object.assign(rule('no-answer'), { amount: '90', unit: 'minutes', tries: '3', isSpread: true });
  expect(form.change).toEqual({
    retryRules: { 'no-answer': { afterMs: 90 * 60_000, triesMax: 3, isSpread: true } },
  });
  rule('human-abandoned').amount = '24';
  expect(form.problems).toEqual({ retryRules: { kind: 'retry' } });
  rule('human-abandoned').reset();
  rule('no-answer').reset();
  expect(form.change).toEqual({});
});

test('daily hours begin with office days, and may end at midnight', () => {
  form.hours.isLimited = true;
  form.hours.days[0]![0]!.to = '00:00';
  form.hours.add(5);
  expect(
    form.change.dailyHours?.map((ranges) => ranges.map(({ fromMinute, toMinute }) => [fromMinute, toMinute])),
  ).toEqual([[[540, 1440]], ...Array.from({ length: 5 }, () => [[540, 1080]]), []]);
  form.hours.days[5]![0]!.from = '19:00';
  expect(form.problems).toEqual({ dailyHours: { kind: 'hours' } });
});

test('a form’s fields keep their keys while they are moved, and need a question', () => {
  form.form.add();
  form.form.add();
  const [first, second] = form.form.fields;
  expect(form.problems).toEqual({ form: { kind: 'form' } });
  Object.assign(first!, { label: 'Plan', type: 'choice', options: 'gold\n\n silver\ngold' });
  Object.assign(second!, { label: 'Date', type: 'date', writesTo: 'due' });
  form.form.move(second!, -1);
  expect(form.change.form).toEqual([
    { key: 'field_2', label: 'Date', type: 'date', options: [], isRequired: false, writesTo: 'due' },
    {
      key: 'field_1',
      label: 'Plan',
      type: 'choice',
      options: ['gold', 'silver'],
      isRequired: false,
      writesTo: null,
    },
  ]);
});

test('a choice of words begins with all of them, and names keys that two have', () => {
  const word = (code: string, hotKey: string | null): DispositionWord => ({
    code,
    label: code,
    outcome: 'finished',
    retryAfterMs: 0,
    triesMax: null,
    isSpread: false,
    isPerson: true,
    isRightParty: false,
    isSale: false,
    hotKey,
    position: 0,
    isActive: true,
  });
  const all = [word('sale', '1'), word('later', '2'), { ...word('old', '3'), isActive: false }];
  const words = new WordsDraft(all, { isOwnChoice: false, dispositions: all.slice(0, 2) });
  expect([words.isChanged, words.rows.length]).toEqual([false, 2]);
  words.isOwn = true;
  words.move(1, -1);
  words.rows[1]!.hotKey = 's';
  expect(words.value).toEqual({
    choice: [
      { code: 'later', hotKey: null },
      { code: 'sale', hotKey: 's' },
    ],
  });
  words.rows[1]!.hotKey = '2';
  expect(words.clashes).toEqual(['2']);
});
