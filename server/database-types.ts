import type { SqlValue } from '../kernel/database.ts';

/** Object identifiers of PostgreSQL's built-in types (pg_type.dat; fixed for ever). */
const OID = {
  int8: 20,
  json: 114,
  date: 1082,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
};

function toSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit into a number`);
  return value;
}

function toEpochMs(text: string): number {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new RangeError(`timestamp ${text} is outside of what a Date holds`);
  return at;
}

const toText = (value: unknown): string => String(value);
const toIso = (value: Date | number | string): string =>
  (value instanceof Date ? value : new Date(value)).toISOString();

/** How values travel; kernel/database.ts promises it. */
export const PG_TYPES = {
  bigint: { to: OID.int8, from: [OID.int8], parse: toSafeInteger, serialize: toText },
  numeric: { to: OID.numeric, from: [OID.numeric], parse: Number, serialize: toText },
  day: { to: OID.date, from: [OID.date], parse: toText, serialize: toText },
  date: { to: OID.timestamptz, from: [OID.timestamp, OID.timestamptz], parse: toEpochMs, serialize: toIso },
  json: {
    to: OID.json,
    from: [OID.json, OID.jsonb],
    parse: (text: string): unknown => JSON.parse(text),
    // A string is JSON already; without this it would be wrapped a second time.
    serialize: (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)),
  },
};

const quote = (item: string): string => `"${item.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** PostgreSQL's text form of a one-dimensional array (manual, 8.15.6); the server knows the element type. */
export function arrayLiteral(items: Extract<SqlValue, readonly unknown[]>): string {
  return `{${items.map((item) => (item === null ? 'NULL' : quote(String(item)))).join(',')}}`;
}
