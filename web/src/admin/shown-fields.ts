import type { AdminChange } from '../../../server/api.ts';
import { formatDateTime } from '../i18n/figures.ts';
import { t } from '../i18n/locale.svelte.ts';
import { messagesEn } from '../i18n/messages.ts';
import { USER_ROLES } from '../users/user-form.svelte.ts';

export interface ShownField {
  readonly name: string;
  /** Null where there was, or is, none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Names of pools by their ids. */
export type PoolNames = ReadonlyMap<string, string>;

const LENGTH_MAX = 160;
const MINUTE_MS = 60_000;

/** A field that has no name of its own in the texts keeps that of the API. */
function fieldName(field: string): string {
  const key = `changes.field.${field}`;
  return key in messagesEn ? t(key as 'changes.field.name') : field;
}

function wordOf(value: unknown): string {
  const role = USER_ROLES.find((known) => known === value);
  return role === undefined ? String(value) : t(`role.${role}`);
}

function textOf(field: string, value: unknown, pools: PoolNames): string | null {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'boolean') return t(value ? 'changes.value.yes' : 'changes.value.no');
  if (typeof value === 'number' && field.endsWith('At')) return formatDateTime(value);
  if (typeof value === 'number' && field.endsWith('Ms')) return `${String(value / MINUTE_MS)} min`;
  if (typeof value === 'string' && field === 'poolId') return pools.get(value) ?? value;
  if (Array.isArray(value)) return value.length === 0 ? null : short(value.map(wordOf).join(', '));
  return short(typeof value === 'object' ? JSON.stringify(value) : wordOf(value));
}

const short = (text: string): string => (text.length > LENGTH_MAX ? `${text.slice(0, LENGTH_MAX)}…` : text);

/** The fields of a recorded change, as a person reads them; those that are empty on both sides are left out. */
export function shownFields(
  { before, after }: Pick<AdminChange, 'before' | 'after'>,
  pools: PoolNames = new Map(),
): ShownField[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return names
    .map((name) => ({
      name: fieldName(name),
      before: textOf(name, before?.[name], pools),
      after: textOf(name, after?.[name], pools),
    }))
    .filter((field) => field.before !== null || field.after !== null);
}
