import { describe, expect, test } from 'vitest';
import { formProblemOf, isAnswer, knownAnswers, leadChangeOf } from './form-answer.ts';
import type { FormField } from './form.ts';

const field = (key: string, change: Partial<FormField> = {}): FormField => ({
  key,
  label: key,
  type: 'text',
  options: [],
  isRequired: false,
  writesTo: null,
  ...change,
});

test.each([
  ['number', '12.50', true],
  ['number', '12,50', false],
  ['number', 'many', false],
  ['date', '2026-02-28', true],
  ['date', '2026-02-30', false],
  ['date', '28.02.2026', false],
  ['yes-no', 'yes', true],
  ['yes-no', 'perhaps', false],
  ['choice', 'gold', true],
  ['choice', 'lead', false],
  ['text', '', true],
  ['text', 'x'.repeat(2001), false],
] as const)('a %s takes %s: %s', (type, text, isTaken) => {
  expect(isAnswer({ type, options: ['gold', 'silver'] }, text)).toBe(isTaken);
});

describe('a form', () => {
  const form = [field('plan', { isRequired: true }), field('age', { type: 'number' })];
  test('asks for its required fields only when the call was a success', () => {
    expect(formProblemOf(form, {}, { isSale: false })).toBeNull();
    expect(formProblemOf(form, { plan: ' ' }, { isSale: true })).toEqual({ kind: 'missing', key: 'plan' });
    expect(formProblemOf(form, { plan: 'gold' }, { isSale: true })).toBeNull();
  });

  test('names the answer that is not of its field’s type, whatever came of the call', () => {
    expect(formProblemOf(form, { age: 'old' }, { isSale: false })).toEqual({ kind: 'misfit', key: 'age' });
  });
});

test('answers go where their fields say, and empty ones nowhere', () => {
  const form = [
    field('first', { writesTo: 'firstName' }),
    field('last', { writesTo: 'lastName' }),
    field('plan', { writesTo: 'Plan' }),
    field('city', { writesTo: 'City' }),
    field('mood'),
  ];
  const answers = { first: ' Rosa ', last: '', plan: 'gold', city: ' ', mood: 'good' };
  expect(leadChangeOf(form, answers)).toEqual({
    firstName: 'Rosa',
    lastName: null,
    fields: { Plan: 'gold' },
  });
});

test('shows what is known of the lead, where it fits the field', () => {
  const form = [
    field('first', { writesTo: 'firstName' }),
    field('age', { type: 'number', writesTo: 'Age' }),
    field('born', { type: 'date', writesTo: 'Born' }),
  ];
  const lead = { firstName: 'Rosa', lastName: '', fields: { Age: 'unknown', Born: '1980-01-31' } };
  expect(knownAnswers(form, lead)).toEqual({ first: 'Rosa', born: '1980-01-31' });
});
