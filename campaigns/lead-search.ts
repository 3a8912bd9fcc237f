/** One way in which what was typed can be meant. Ways are tried one after the other; each has an index. */
export type SearchWay =
  /** The beginning of a number in E.164. */
  | { readonly by: 'phone'; readonly begins: string }
  | { readonly by: 'external-id'; readonly is: string }
  /** Beginnings of the last and of the first name; '' = any. */
  | { readonly by: 'last-name'; readonly last: string; readonly first: string }
  | { readonly by: 'first-name'; readonly first: string };

/** What the reader of numbers made of the text: the full number, and the beginning that a national form stands for. */
export interface NumberReading {
  readonly full: string | null;
  /** Calling code of the organization's country, like 1. */
  readonly callingCode: string | null;
}

const NUMBER = /^[+\d\s().\/-]{3,}$/;
const DIGITS_MIN = 4;

/** Whether the text can be (the beginning of) a phone number. */
export function isNumberLike(text: string): boolean {
  return NUMBER.test(text) && text.replaceAll(/\D/g, '').length >= DIGITS_MIN;
}

/** How the text can be meant, the most likely first. Names are found by the beginning of the first or the last one, or of both. */
export function searchWays(text: string, number: NumberReading): readonly SearchWay[] {
  const byId: SearchWay = { by: 'external-id', is: text };
  if (isNumberLike(text))
    return [...phoneBeginnings(text, number).map((begins) => ({ by: 'phone', begins }) as const), byId];
  return [...nameWays(text), byId];
}

function phoneBeginnings(text: string, { full, callingCode }: NumberReading): readonly string[] {
  const digits = text.replaceAll(/\D/g, '');
  const isInternational = text.trimStart().startsWith('+');
  const national =
    callingCode === null || isInternational ? [] : [`+${callingCode}${digits.replace(/^0+/, '')}`];
  const typed = text.trimStart().startsWith('00') ? `+${digits.slice(2)}` : `+${digits}`;
  return [...new Set([...(full === null ? [] : [full]), ...national, typed])].filter((phone) =>
    /^\+[1-9]/.test(phone),
  );
}

// Han, with or without a space in between: the family name has one character, rarely two.
const HAN_NAME = /^\p{Script=Han}{2,4}$/u;

function nameWays(text: string): readonly SearchWay[] {
  const words = text.split(/[\s,]+/u).filter((word) => word !== '');
  const whole: readonly SearchWay[] = [
    { by: 'last-name', last: text, first: '' },
    { by: 'first-name', first: text },
  ];
  if (HAN_NAME.test(text)) {
    const letters = Array.from(text);
    const splits = [1, 2].filter((at) => at < letters.length);
    return [
      ...whole,
      ...splits.map(
        (at) =>
          ({
            by: 'last-name',
            last: letters.slice(0, at).join(''),
            first: letters.slice(at).join(''),
          }) as const,
      ),
    ];
  }
  const [head = '', ...tail] = words;
  if (tail.length === 0) return whole;
  const rest = tail.join(' ');
  return [
    { by: 'last-name', last: tail.at(-1) ?? '', first: [head, ...tail.slice(0, -1)].join(' ') },
    { by: 'last-name', last: head, first: rest },
    ...(tail.length > 1 ? [{ by: 'last-name', last: rest, first: head } as const] : []),
    ...whole,
  ];
}

/** The first text after all that begin with this number. */
export function afterPhone(begins: string): string {
  const digits = begins.replace(/9+$/, '');
  const last = digits.at(-1);
  // +9…: nothing comes after it but the end of all numbers.
  if (last === undefined || last === '+') return '+:';
  return digits.slice(0, -1) + String(Number(last) + 1);
}

/** Behind every text that begins so, byte by byte. */
export const afterText = (begins: string): string => `${begins}\u{10ffff}`;
