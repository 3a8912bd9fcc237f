import { maskPhone } from '../kernel/phone.ts';

/** What a key that ends in one of these words holds is nobody's business. */
const SECRET_KEY =
  /(password|passwd|secret|token|cookie|authorization|credential|api-?key|private-?key|csrf)(hash)?$/i;
/** A number in E.164, or ten and more digits that stand alone (not part of an id, a date or a decimal). */
const PHONE = /(?<![\w.-])\+?\d{10,15}(?![\w.-]*[a-z]|[.-]?\d)/gi;
const SHORT_E164 = /(?<![\w+])\+\d{7,9}(?!\d)/g;
const URL_PASSWORD = /(:\/\/[^\s:/@]*:)[^\s@]+@/g;
const DEPTH_MAX = 6;

/** Replaces passwords in URLs and the middle of telephone numbers. */
export function maskText(text: string): string {
  return text.replace(URL_PASSWORD, '$1***@').replace(PHONE, maskPhone).replace(SHORT_E164, maskPhone);
}

function maskError(error: Error, depth: number): object {
  const { name, message, stack, cause, ...own } = error;
  return {
    type: name,
    message: maskText(message),
    stack: maskText(stack ?? ''),
    ...(cause === undefined ? {} : { cause: maskValue(cause, depth - 1) }),
    ...(maskValue({ ...own }, depth - 1) as object),
  };
}

function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth <= 0) return '[deep]';
  if (value instanceof Error) return maskError(value, depth);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth - 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return maskValue((value as { toJSON(): unknown }).toJSON(), depth - 1);
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEY.test(key) && item !== null && item !== undefined ? '[secret]' : maskValue(item, depth - 1),
    ]),
  );
}

/** A copy of what is about to be logged without secrets and without full telephone numbers, however deep they lie. */
export function maskFields(fields: object): Record<string, unknown> {
  return maskValue(fields, DEPTH_MAX) as Record<string, unknown>;
}
