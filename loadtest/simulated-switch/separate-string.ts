const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', s: ' ' };

/** Strips quotes, escapes and outer blanks, as FreeSWITCH does with each part (switch_utils.c, cleanup_separated_string). */
function unquoted(part: string, delimiter: string): string {
  let out = '';
  let length = 0;
  let isQuoted = false;
  let i = 0;
  while (part[i] === ' ') i += 1;
  for (; i < part.length; i += 1) {
    const char = part.charAt(i);
    const next = part[i + 1];
    if (char === '\\' && next !== undefined) {
      const escaped = ESCAPED[next] ?? next;
      if (`'"\\`.includes(next) || next === delimiter || escaped !== next) {
        out += `'"\\`.includes(next) || next === delimiter ? next : escaped;
        length = out.length;
        i += 1;
        continue;
      }
    }
    if (char === "'" && (isQuoted || part.includes("'", i + 1))) {
      isQuoted = !isQuoted;
      if (isQuoted) length = out.length;
      continue;
    }
    out += char;
    if (char !== ' ' || isQuoted) length = out.length;
  }
  return out.slice(0, length === 0 ? out.length : length);
}

/**
 * Splits as FreeSWITCH does (switch_utils.c, switch_separate_string): quotes hold a part together, a backslash takes the
 * next character as it is, `^^:` in front chooses another delimiter. The last of `max` parts keeps the rest.
 */
export function separateString(text: string, delimiter: string, max = 1024): string[] {
  if (text.startsWith('^^') && text.length > 3) return separateString(text.slice(3), text.charAt(2), max);
  if (text === '') return [];
  const parts = delimiter === ' ' ? blankSeparated(text, max) : separated(text, delimiter, max);
  return parts.map((part) => unquoted(part, delimiter === ' ' ? '' : delimiter));
}

function separated(text: string, delimiter: string, max: number): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length && parts.length < max - 1; i += 1) {
    const char = text.charAt(i);
    if (char === '\\') i += 1;
    else if (char === "'" && (isQuoted || text.includes("'", i + 1))) isQuoted = !isQuoted;
    else if (char === delimiter && !isQuoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  // FreeSWITCH starts a part only at a character: nothing behind the last delimiter is no part.
  if (start < text.length) parts.push(text.slice(start));
  return parts;
}

function blankSeparated(text: string, max: number): string[] {
  const parts: string[] = [];
  let i = 0;
  while (i < text.length) {
    const start = i;
    if (parts.length === max - 1) {
      parts.push(text.slice(start));
      break;
    }
    while (text[i] === ' ') i += 1;
    let isQuoted = false;
    for (; i < text.length; i += 1) {
      const char = text.charAt(i);
      if (char === '\\') i += 1;
      else if (char === "'") isQuoted = !isQuoted;
      else if (char === ' ' && !isQuoted) break;
    }
    parts.push(text.slice(start, i));
    while (text[i] === ' ') i += 1;
  }
  return parts;
}
