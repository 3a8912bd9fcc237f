import { unreachable } from '../kernel/assert.ts';
import type { Disposition } from './disposition.ts';
import type { FormField } from './form.ts';

/** Answers by the keys of their fields; an empty text is no answer. */
export type FormAnswers = Readonly<Record<string, string>>;

const ANSWER_LENGTH_MAX = 2000;
const NUMBER = /^[+-]?\d{1,15}(?:\.\d{1,15})?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether a text is an answer to this field. */
export function isAnswer({ type, options }: Pick<FormField, 'type' | 'options'>, text: string): boolean {
  if (text.length > ANSWER_LENGTH_MAX) return false;
  switch (type) {
    case 'text':
      return true;
    case 'number':
      return NUMBER.test(text);
    case 'date':
      return isDay(text);
    case 'choice':
      return options.includes(text);
    case 'yes-no':
      return text === 'yes' || text === 'no';
    default:
      return unreachable(type);
  }
}

function isDay(text: string): boolean {
  const at = DAY.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/**
 * Required fields are asked for when the call is a success by the organization's own word: nobody fills in a form with a machine, or
 * with a person who hangs up.
 */
export const isFormDue = ({ isSale }: Pick<Disposition, 'isSale'>): boolean => isSale;

export type FormProblem =
  { readonly kind: 'missing'; readonly key: string } | { readonly kind: 'misfit'; readonly key: string };

/** The first field that keeps the answers from being stored; null = none. */
export function formProblemOf(
  form: readonly FormField[],
  answers: FormAnswers,
  disposition: Pick<Disposition, 'isSale'>,
): FormProblem | null {
  for (const field of form) {
    const answer = answers[field.key]?.trim() ?? '';
    if (answer === '') {
      if (field.isRequired && isFormDue(disposition)) return { kind: 'missing', key: field.key };
    } else if (!isAnswer(field, answer)) return { kind: 'misfit', key: field.key };
  }
  return null;
}

/** What the lead's own fields become by the answers. */
export interface LeadChange {
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly fields: Readonly<Record<string, string>>;
}

export function leadChangeOf(form: readonly FormField[], answers: FormAnswers): LeadChange {
  const written = form.flatMap(({ key, writesTo }) => {
    const answer = answers[key]?.trim() ?? '';
    return writesTo === null || answer === '' ? [] : [[writesTo, answer] as const];
  });
  const { firstName = null, lastName = null, ...fields } = Object.fromEntries(written);
  return { firstName, lastName, fields };
}

/** What the form shows before anybody has answered: what is known of the lead. */
export function knownAnswers(
  form: readonly FormField[],
  lead: { readonly firstName: string; readonly lastName: string; readonly fields: FormAnswers },
): FormAnswers {
  const known = form.flatMap((field) => {
    if (field.writesTo === null) return [];
    const value =
      field.writesTo === 'firstName' || field.writesTo === 'lastName'
        ? lead[field.writesTo]
        : (lead.fields[field.writesTo] ?? '');
    return value !== '' && isAnswer(field, value) ? [[field.key, value] as const] : [];
  });
  return Object.fromEntries(known);
}
