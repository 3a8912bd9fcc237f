/** What a form's field takes. Answers are text: a date as yyyy-mm-dd, yes-no as 'yes' or 'no'. */
export const FORM_FIELD_TYPES = ['text', 'number', 'date', 'choice', 'yes-no'] as const;
export type FormFieldType = (typeof FORM_FIELD_TYPES)[number];

export interface FormField {
  /** Small letters, digits and underscores; names the answer in reports and exports. */
  readonly key: string;
  readonly label: string;
  readonly type: FormFieldType;
  /** What may be chosen, for the type choice; else empty. */
  readonly options: readonly string[];
  readonly isRequired: boolean;
  /** The lead's field that takes the answer: 'firstName', 'lastName' or the name of a custom field; null = none. */
  readonly writesTo: string | null;
}

export type FormDefinitionProblem = 'key-twice' | 'choice-without-options' | 'writes-twice';

/** What is wrong with a form as a manager made it; null = nothing. */
export function formDefinitionProblem(
  form: readonly FormField[],
): { readonly problem: FormDefinitionProblem; readonly index: number } | null {
  const keys = new Set<string>();
  const targets = new Set<string>();
  for (const [index, { key, type, options, writesTo }] of form.entries()) {
    if (keys.has(key)) return { problem: 'key-twice', index };
    keys.add(key);
    if (type === 'choice' && options.length === 0) return { problem: 'choice-without-options', index };
    if (writesTo !== null && targets.has(writesTo)) return { problem: 'writes-twice', index };
    if (writesTo !== null) targets.add(writesTo);
  }
  return null;
}
