import { expect, test } from 'vitest';
import type { LeadCount } from '../../../server/api.ts';
import { conditionOfChoice, choiceOfCondition, FilterDraft, filterOfText } from './filter-draft.svelte.ts';
import { LiveCount } from './lead-count.svelte.ts';

test('a line that says nothing yet is no condition, and a group without conditions is none', () => {
  const draft = new FilterDraft();
  expect(draft.filter).toBeNull();
  draft.addGroup();
  expect(draft.filter).toBeNull();
  const group = draft.groups[0]!;
  const line = group.conditions[0]!;
  draft.put(group.id, line.id, { kind: 'field', field: 'lastName', test: 'begins', value: 's' });
  draft.addCondition(group.id);
  draft.setGroupMatch(group.id, 'any');
  expect(draft.filter).toEqual({
    match: 'all',
    groups: [
      { match: 'any', conditions: [{ kind: 'field', field: 'lastName', test: 'begins', value: 's' }] },
    ],
  });
  for (const { id } of draft.groups[0]!.conditions) draft.remove(group.id, id);
  expect(draft.groups).toEqual([]);
});

test('a filter in an address is read again, and nonsense is none', () => {
  const draft = new FilterDraft();
  const filter = filterOfText('{"groups":[{"conditions":[{"kind":"phone","begins":"+1"}]}]}');
  draft.read(filter);
  expect(draft.filter).toEqual(filter);
  expect(filterOfText('{"groups":[{"conditions":[{"kind":"password"}]}]}')).toBeNull();
  expect(filterOfText('{')).toBeNull();
});

test.each([
  'field:firstName',
  'custom:City: old',
  'list',
  'zone',
  'phone',
  'do-not-call',
  'campaign',
  'state',
  'attempts',
  'last-ending',
  'disposition',
  'last-call',
  'callback',
  'added',
])('the choice %s begins a condition that is shown as this choice', (choice) => {
  expect(choiceOfCondition(conditionOfChoice(choice))).toBe(choice);
});

test('a count goes on until the server has seen all, and stops at ten thousand', async () => {
  const answers: LeadCount[] = [
    { leads: 40, next: 'a', isCapped: false },
    { leads: 2, next: null, isCapped: false },
  ];
  const asked: (string | null)[] = [];
  const count = new LiveCount((after) => {
    asked.push(after);
    return Promise.resolve(answers.shift()!);
  });
  await count.start();
  expect([count.leads, count.isDone, count.isCapped, asked]).toEqual([42, true, false, [null, 'a']]);
  answers.push({ leads: 9_990, next: 'b', isCapped: false }, { leads: 30, next: 'c', isCapped: false });
  await count.start();
  expect([count.leads, count.isDone, count.isCapped]).toEqual([10_000, true, true]);
});
