import type { SqlValue } from '../kernel/database.ts';

/** A part of a statement with its parameters. Text comes from templates of ours only; whatever a user gave is a parameter. */
export interface SqlPart {
  readonly texts: readonly string[];
  readonly values: readonly SqlValue[];
}

const isPart = (value: SqlValue | SqlPart): value is SqlPart =>
  typeof value === 'object' && value !== null && 'texts' in value;

/** part`… ${value} … ${anotherPart} …`: a value becomes a parameter, a part is put in as it is. */
export function part(template: TemplateStringsArray, ...inserted: readonly (SqlValue | SqlPart)[]): SqlPart {
  const texts: string[] = [template[0] ?? ''];
  const values: SqlValue[] = [];
  const append = (text: string): void => void texts.push((texts.pop() ?? '') + text);
  inserted.forEach((value, i) => {
    if (isPart(value)) {
      append(value.texts[0] ?? '');
      texts.push(...value.texts.slice(1));
      values.push(...value.values);
      append(template[i + 1] ?? '');
    } else {
      values.push(value);
      texts.push(template[i + 1] ?? '');
    }
  });
  return { texts, values };
}

/** The parts with a word between them; `none` when there are none. */
export function joinParts(parts: readonly SqlPart[], word: ' and ' | ' or ', none: SqlPart): SqlPart {
  const [first, ...rest] = parts;
  if (first === undefined) return none;
  return rest.reduce(
    (sum, next) => (word === ' and ' ? part`${sum} and ${next}` : part`${sum} or ${next}`),
    first,
  );
}

/** The template that a `Query` takes: query(...statementOf(part)). */
export function statementOf({ texts, values }: SqlPart): [TemplateStringsArray, ...SqlValue[]] {
  return [Object.assign([...texts], { raw: [...texts] }), ...values];
}
