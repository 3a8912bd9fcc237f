/**
 * FreeSWITCH 1.11.0's own reading of commands, carried over line by line from switch_utils.c (switch_separate_string,
 * cleanup_separated_string, switch_find_end_paren), switch_event.c (switch_event_create_brackets), mod_dptools.c
 * (inline_dialplan_hunt) and mod_commands.c: so that tests can read back what we render. `*.switch.test.ts` holds it against the
 * real thing.
 */
function unescaped(character: string): string {
  return { n: '\n', r: '\r', t: '\t', s: ' ' }[character] ?? character;
}

/** cleanup_separated_string: one level of escapes and quotes goes, and blanks around. */
function cleanup(text: string, delimiter: string): string {
  let dest = '';
  let end = 0;
  let isQuoted = false;
  let at = 0;
  while (text[at] === ' ') at += 1;
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\\') {
      const next = text[at + 1] ?? '';
      const isEscape =
        next === "'" || next === '"' || next === '\\' || (delimiter !== '' && next === delimiter);
      if (isEscape || unescaped(next) !== next) {
        at += 1;
        dest += isEscape ? next : unescaped(next);
        end = dest.length;
        continue;
      }
    }
    if (character === "'" && (isQuoted || text.includes("'", at + 1))) {
      isQuoted = !isQuoted;
      if (isQuoted) end = dest.length;
      continue;
    }
    dest += character;
    if (character !== ' ' || isQuoted) end = dest.length;
  }
  return dest.slice(0, end);
}

/** switch_separate_string. */
export function separateString(text: string, delimiter: string, max: number): string[] {
  if (text.startsWith('^^') && text.length >= 4) return separateString(text.slice(3), text[2] ?? '', max);
  return delimiter === ' ' ? separateByBlank(text, max) : separateByDelimiter(text, delimiter, max);
}

function separateByDelimiter(text: string, delimiter: string, max: number): string[] {
  const starts: number[] = [];
  const ends: number[] = [];
  let isStart = true;
  let isQuoted = false;
  let at = 0;
  while (at < text.length && starts.length < max) {
    if (isStart) {
      starts.push(at);
      isStart = false;
      continue;
    }
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === "'" && (isQuoted || text.includes("'", at + 1))) isQuoted = !isQuoted;
    else if (character === delimiter && !isQuoted) {
      ends.push(at);
      isStart = true;
    }
    at += 1;
  }
  return starts.map((start, i) => cleanup(text.slice(start, ends[i] ?? text.length), delimiter));
}

function separateByBlank(text: string, max: number): string[] {
  const starts: number[] = [];
  const ends: number[] = [];
  let state: 'start' | 'skip-initial' | 'find' | 'skip-ending' = 'start';
  let isQuoted = false;
  let at = 0;
  while (at < text.length && starts.length <= max) {
    const character = text[at];
    if (state === 'start') {
      if (starts.length === max) break;
      starts.push(at);
      state = 'skip-initial';
    } else if (state === 'skip-initial') {
      if (character === ' ') at += 1;
      else state = 'find';
    } else if (state === 'find') {
      if (character === '\\') at += 1;
      else if (character === "'") isQuoted = !isQuoted;
      else if (character === ' ' && !isQuoted) {
        ends.push(at);
        state = 'skip-ending';
      }
      at += 1;
    } else if (character === ' ') at += 1;
    else state = 'start';
  }
  return starts.map((start, i) => cleanup(text.slice(start, ends[i] ?? text.length), ''));
}

function endOfBracket(text: string, open: string, close: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === open) depth += 1;
    else if (text[at] === close) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

export interface ReadOriginate {
  /** One per call that this originate makes: more than one when the dial string was broken into several. */
  readonly legs: readonly {
    readonly variables: Readonly<Record<string, string>>;
    readonly dialString: string;
  }[];
  readonly script: string;
  readonly dialplan: string;
}

/** originate_function and the beginning of switch_ivr_originate. */
export function readOriginate(text: string): ReadOriginate {
  const [leg = '', script = '', dialplan = 'XML', ...more] = separateString(text, ' ', 10);
  if (more.length > 0) throw new Error(`more arguments than expected: ${more.join(' | ')}`);
  const legs = leg.split(':_:').map((part) => {
    const variables: Record<string, string> = {};
    let rest = part.replace(/^ +/, '');
    while (rest.startsWith('{')) {
      const end = endOfBracket(rest, '{', '}');
      if (end < 0) throw new Error('parse error');
      for (const pair of separateString(rest.slice(1, end), ',', 1024)) {
        const [name, value] = separateString(pair, '=', 2);
        if (name !== undefined && value !== undefined) variables[name] = value;
      }
      rest = rest.slice(end + 1);
    }
    return { variables, dialString: rest };
  });
  return { legs, script, dialplan };
}

/** inline_dialplan_hunt. */
export function readInlineScript(text: string): { app: string; data: string | null }[] {
  const chosen = /^m:(.):/s.exec(text)?.[1];
  const steps = separateString(chosen === undefined ? text : text.slice(4), chosen ?? ',', 128);
  return steps.map((step) => {
    const colon = step.indexOf(':');
    return colon < 0 ? { app: step, data: null } : { app: step.slice(0, colon), data: step.slice(colon + 1) };
  });
}

/** setvar_multi_function, from behind the uuid. */
export function readVariableList(text: string): Record<string, string> {
  return Object.fromEntries(
    separateString(text, ';', 64).map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}
