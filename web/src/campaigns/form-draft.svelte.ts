import type { Campaign } from '../../../server/api.ts';

type Field = Campaign['form'][number];
export const FIELD_TYPES = [
  'text',
  'number',
  'date',
  'choice',
  'yes-no',
] as const satisfies readonly Field['type'][];
export const FIELDS_MAX = 40;

/** One field of a form, while somebody types it. */
export class FieldDraft {
  /** Given when the field is made: answers are kept under it. */
  readonly key: string;
  label = $state('');
  type = $state<Field['type']>('text');
  /** One in each line. */
  options = $state('');
  isRequired = $state(false);
  writesTo = $state('');

  constructor(field: Field) {
    this.key = field.key;
    this.label = field.label;
    this.type = field.type;
    this.options = field.options.join('\n');
    this.isRequired = field.isRequired;
    this.writesTo = field.writesTo ?? '';
  }

  get problem(): 'label' | 'options' | null {
    if (this.label.trim() === '') return 'label';
    return this.type === 'choice' && this.#optionList().length === 0 ? 'options' : null;
  }

  get value(): Field {
    return {
      key: this.key,
      label: this.label.trim(),
      type: this.type,
      options: this.type === 'choice' ? this.#optionList() : [],
      isRequired: this.isRequired,
      writesTo: this.writesTo.trim() === '' ? null : this.writesTo.trim(),
    };
  }

  #optionList(): string[] {
    const lines = this.options.split('\n').map((line) => line.trim());
    return lines.filter((line, i) => line !== '' && lines.indexOf(line) === i);
  }
}

/** The form that agents fill in, while a manager builds it. */
export class FormDraft {
  #fields = $state.raw<readonly FieldDraft[]>([]);

  constructor(form: Campaign['form']) {
    this.#fields = form.map((field) => new FieldDraft(field));
  }

  get fields(): readonly FieldDraft[] {
    return this.#fields;
  }

  get isRight(): boolean {
    return this.#fields.every(({ problem }) => problem === null);
  }

  get value(): Campaign['form'] {
    return this.#fields.map(({ value }) => value);
  }

  add(): void {
    const field = { label: '', type: 'text', options: [], isRequired: false, writesTo: null } as const;
    this.#fields = [...this.#fields, new FieldDraft({ ...field, key: this.#freeKey(), options: [] })];
  }

  remove(field: FieldDraft): void {
    this.#fields = this.#fields.filter((other) => other !== field);
  }

  /** By one place up (-1) or down (1). */
  move(field: FieldDraft, by: -1 | 1): void {
    const from = this.#fields.indexOf(field);
    const to = from + by;
    if (from < 0 || to < 0 || to >= this.#fields.length) return;
    const fields = [...this.#fields];
    fields.splice(to, 0, ...fields.splice(from, 1));
    this.#fields = fields;
  }

  #freeKey(): string {
    const keys = this.#fields.map(({ key }) => key);
    let number = this.#fields.length + 1;
    while (keys.includes(`field_${String(number)}`)) number += 1;
    return `field_${String(number)}`;
  }
}
