import { describe, expect, test } from 'vitest';
import type { LeadId, ListId, NumberId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { Column } from './column.ts';
import { DEFAULT_DUPLICATE_RULES, type DuplicateRules, type PlaceRules } from './duplicate-rules.ts';
import type { LeadInFile } from './lead-row.ts';
import {
  planBatch,
  type BatchIds,
  type BatchPlan,
  type ExistingLead,
  type ExistingLeads,
} from './plan-batch.ts';
import { SeenInFile } from './seen-in-file.ts';

const phone = (n: number): PhoneNumber => `+1305555010${n}` as PhoneNumber;

function row(numbers: readonly number[], changes: Partial<LeadInFile> = {}): LeadInFile {
  return {
    line: 2,
    externalId: null,
    firstName: 'Ann',
    lastName: 'Smith',
    fields: {},
    misfits: [],
    numbers: numbers.map((n) => ({ phone: phone(n), zoneKey: 'America/New_York' })),
    cells: [],
    ...changes,
  };
}

function ids(): BatchIds {
  let leads = 0;
  let numbers = 0;
  return {
    lead: () => `new-${(leads += 1)}` as LeadId,
    number: () => `number-${(numbers += 1)}` as NumberId,
  };
}

const LIST = 'list' as ListId;

interface Known {
  readonly id: string;
  readonly externalId?: string;
  readonly numbers: readonly number[];
  readonly isElsewhere?: true;
  readonly isOfFile?: true;
}

const asLead = ({ id, externalId, isElsewhere, isOfFile }: Known): ExistingLead => ({
  leadId: id as LeadId,
  listId: isElsewhere ? ('elsewhere' as ListId) : LIST,
  externalId: externalId ?? null,
  isOfFile: isOfFile ?? false,
});

function existing(leads: readonly Known[]): ExistingLeads {
  const byPhone = (some: readonly Known[]) =>
    new Map(some.flatMap((lead) => lead.numbers.map((n) => [phone(n), asLead(lead)] as const)));
  const byExternalId = (some: readonly Known[]) =>
    new Map(
      some.flatMap((lead) =>
        lead.externalId === undefined ? [] : [[lead.externalId, asLead(lead)] as const],
      ),
    );
  const here = leads.filter((lead) => lead.isElsewhere !== true);
  const elsewhere = leads.filter((lead) => lead.isElsewhere === true);
  return {
    byPhone: byPhone(here),
    byExternalId: byExternalId(here),
    byPhoneElsewhere: byPhone(elsewhere),
    byExternalIdElsewhere: byExternalId(elsewhere),
    nextPosition: new Map(leads.map(({ id, numbers }) => [id as LeadId, numbers.length])),
  };
}

function plan(
  rows: readonly LeadInFile[],
  there: ExistingLeads = nobody,
  rules: DuplicateRules = DEFAULT_DUPLICATE_RULES,
) {
  const seen = new SeenInFile();
  return planBatch(rows, { listId: LIST, existing: there, seen, rules, columns: COLUMNS, ids: ids() });
}
const COLUMNS: readonly Column[] = [
  { name: 'Customer', field: 'externalId' },
  { name: 'Mobile', field: 'phone' },
];
const nobody = existing([]);

test('rows of an empty list become new leads, their numbers in order', () => {
  const planned = plan([row([1, 2]), row([3])], nobody);
  expect(planned.leads.map(({ leadId, isNew }) => [leadId, isNew])).toEqual([
    ['new-1', true],
    ['new-2', true],
  ]);
  expect(planned.numbers.map(({ leadId, phone: number, position }) => [leadId, number, position])).toEqual([
    ['new-1', phone(1), 0],
    ['new-1', phone(2), 1],
    ['new-2', phone(3), 0],
  ]);
  expect(planned).toMatchObject({ updatedRows: 0, rejects: [] });
});

test('the same file again adds nothing', () => {
  const there = existing([{ id: 'a', numbers: [1, 2] }]);
  expect(plan([row([1, 2])], there)).toMatchObject({
    leads: [{ leadId: 'a', isNew: false }],
    numbers: [],
    updatedRows: 1,
  });
});

test('a row with a known number and a new one adds the new one to that lead', () => {
  const planned = plan([row([2, 1])], existing([{ id: 'a', numbers: [1] }]));
  expect(planned.numbers).toMatchObject([{ leadId: 'a', phone: phone(2), position: 1 }]);
});

describe('an external id', () => {
  test('finds its lead although the number is new', () => {
    const planned = plan(
      [row([2], { externalId: 'A' })],
      existing([{ id: 'a', externalId: 'A', numbers: [1] }]),
    );
    expect(planned).toMatchObject({
      leads: [{ leadId: 'a', isNew: false }],
      numbers: [{ leadId: 'a' }],
      updatedRows: 1,
    });
  });

  test('gathers the rows of one person', () => {
    const planned = plan(
      [
        row([1], { externalId: 'A', fields: { city: 'Miami' } }),
        row([2], { externalId: 'A', firstName: '', lastName: 'Jones' }),
      ],
      nobody,
    );
    expect(planned.leads).toEqual([
      {
        leadId: 'new-1',
        isNew: true,
        externalId: 'A',
        firstName: 'Ann',
        lastName: 'Jones',
        fields: { city: 'Miami' },
      },
    ]);
    expect(planned.numbers.map(({ leadId, position }) => [leadId, position])).toEqual([
      ['new-1', 0],
      ['new-1', 1],
    ]);
    expect(planned.updatedRows).toBe(1);
  });

  test('keeps apart two people who share a number: it stays with the first', () => {
    const there = existing([{ id: 'a', externalId: 'A', numbers: [1] }]);
    const planned = plan([row([1], { externalId: 'B', line: 9 }), row([1, 2], { externalId: 'C' })], there);
    expect(planned.rejects).toMatchObject([{ line: 9, reason: 'number-of-other-lead', value: phone(1) }]);
    expect(planned.leads).toMatchObject([{ externalId: 'C', isNew: true }]);
    expect(planned.numbers.map((number) => number.phone)).toEqual([phone(2)]);
  });

  test('is given to the lead that was imported without one', () => {
    const planned = plan([row([1], { externalId: 'A' })], existing([{ id: 'a', numbers: [1] }]));
    expect(planned.leads).toMatchObject([{ leadId: 'a', externalId: 'A', isNew: false }]);
  });
});

describe('somebody who is there already', () => {
  const rules = (change: {
    byNumber?: Partial<PlaceRules>;
    byExternalId?: Partial<PlaceRules>;
  }): DuplicateRules => ({
    byNumber: { ...DEFAULT_DUPLICATE_RULES.byNumber, ...change.byNumber },
    byExternalId: { ...DEFAULT_DUPLICATE_RULES.byExternalId, ...change.byExternalId },
  });
  const counts = ({ leads, updatedRows, skippedRows, rejects }: BatchPlan) => ({
    added: leads.filter(({ isNew }) => isNew).length,
    updated: updatedRows,
    skipped: skippedRows,
    rejected: rejects.map(({ reason, column, value }) => [reason, column, value]),
  });
  const NOTHING = { added: 0, updated: 0, skipped: 0, rejected: [] };

  test('by his number in the list: is updated, skipped or handed back', () => {
    const there = existing([{ id: 'a', numbers: [1] }]);
    const rows = [row([1])];
    expect(counts(plan(rows, there))).toEqual({ ...NOTHING, updated: 1 });
    expect(counts(plan(rows, there, rules({ byNumber: { list: 'skip' } })))).toEqual({
      ...NOTHING,
      skipped: 1,
    });
    expect(counts(plan(rows, there, rules({ byNumber: { list: 'reject' } })))).toEqual({
      ...NOTHING,
      rejected: [['duplicate-in-list', 'Mobile', phone(1)]],
    });
  });

  test('by his id in the list', () => {
    const there = existing([{ id: 'a', externalId: 'A', numbers: [1] }]);
    const rows = [row([2], { externalId: 'A' })];
    expect(counts(plan(rows, there, rules({ byExternalId: { list: 'skip' } })))).toEqual({
      ...NOTHING,
      skipped: 1,
    });
    expect(counts(plan(rows, there, rules({ byExternalId: { list: 'reject' } })))).toEqual({
      ...NOTHING,
      rejected: [['duplicate-in-list', 'Customer', 'A']],
    });
  });

  test('in another list: is added here as well, updated there, skipped or handed back', () => {
    const there = existing([{ id: 'a', externalId: 'A', numbers: [1], isElsewhere: true }]);
    const rows = [row([1, 2]), row([3], { externalId: 'A' })];
    expect(counts(plan(rows, there))).toEqual({ ...NOTHING, added: 2 });
    const updated = plan(
      rows,
      there,
      rules({ byNumber: { organization: 'update' }, byExternalId: { organization: 'update' } }),
    );
    expect(counts(updated)).toEqual({ ...NOTHING, updated: 2 });
    expect(updated.numbers).toMatchObject([
      { leadId: 'a', listId: 'elsewhere', phone: phone(2), position: 1 },
      { leadId: 'a', listId: 'elsewhere', phone: phone(3), position: 2 },
    ]);
    const refused = rules({ byNumber: { organization: 'skip' }, byExternalId: { organization: 'reject' } });
    expect(counts(plan(rows, there, refused))).toEqual({
      ...NOTHING,
      skipped: 1,
      rejected: [['duplicate-in-organization', 'Customer', 'A']],
    });
  });

  test('in an earlier row of the file', () => {
    const rows = [row([1]), row([1], { lastName: 'Jones' })];
    expect(counts(plan(rows))).toEqual({
      ...NOTHING,
      added: 1,
      rejected: [['duplicate-in-file', 'Mobile', phone(1)]],
    });
    expect(counts(plan(rows, nobody, rules({ byNumber: { file: 'skip' } })))).toEqual({
      ...NOTHING,
      added: 1,
      skipped: 1,
    });
    const updated = plan(rows, nobody, rules({ byNumber: { file: 'update' } }));
    expect(updated.leads).toMatchObject([{ isNew: true, lastName: 'Jones' }]);
  });

  test('is not changed by the second row of a file whose first was to leave him alone', () => {
    const there = existing([{ id: 'a', numbers: [1] }]);
    const rows = [row([1]), row([1], { lastName: 'Jones' })];
    const kept = rules({ byNumber: { file: 'update', list: 'skip' } });
    expect(counts(plan(rows, there, kept))).toEqual({ ...NOTHING, skipped: 2 });
  });
});
