import { expect, test } from 'vitest';
import { clashOf } from '../campaigns/campaign-disposition.store.ts';
import { DEFAULT_DISPOSITIONS } from '../campaigns/defaults.ts';
import { formProblemOf } from '../campaigns/form-answer.ts';
import { formDefinitionProblem } from '../campaigns/form.ts';
import { SCRIPT_FIELDS, scriptFields } from '../campaigns/script.ts';
import { DEMO_FIELDS } from '../loadtest/demo-leads.ts';
import { formFieldSchema } from './api/campaign.schema.ts';
import { DEMO_ANSWERS, DEMO_CHOICE, DEMO_DISPOSITIONS, DEMO_FORM, DEMO_SCRIPT } from './demo-campaign.ts';

const fields: readonly string[] = [...SCRIPT_FIELDS, ...DEMO_FIELDS];

test('every place of the demo’s script and every answer of its form has a field in its list', () => {
  expect(scriptFields(DEMO_SCRIPT).filter((name) => !fields.includes(name))).toEqual([]);
  expect(DEMO_FORM.filter(({ writesTo }) => writesTo !== null && !fields.includes(writesTo))).toEqual([]);
});

test('the demo’s form is one that a manager could make, and its automatic agents fill it in', () => {
  expect(formDefinitionProblem(DEMO_FORM)).toBeNull();
  for (const field of DEMO_FORM) expect(formFieldSchema.parse(field)).toEqual(field);
  expect(formProblemOf(DEMO_FORM, {}, { isSale: true })).toEqual({ kind: 'missing', key: 'new_plan' });
  expect(formProblemOf(DEMO_FORM, DEMO_ANSWERS, { isSale: true })).toBeNull();
});

test('the demo offers each outcome once, each under a key of its own', () => {
  const all = [...DEFAULT_DISPOSITIONS, ...DEMO_DISPOSITIONS];
  expect(DEMO_CHOICE.map(({ code }) => code).sort()).toEqual(all.map(({ code }) => code).sort());
  expect(all.filter(({ hotKey }) => hotKey === null)).toEqual([]);
  expect(clashOf(all)).toBeNull();
});
