import { separateString } from './separate-string.ts';

/** What an `originate` asks for. */
export interface OriginateRequest {
  /** Channel variables of the new leg, in order. */
  readonly variables: ReadonlyMap<string, string>;
  /** Dial string without its variables: `sofia/gateway/name/number`, `user/1000@domain`. */
  readonly endpoint: string;
  readonly then: AfterAnswer;
  readonly callerIdNumber: string | null;
  readonly timeoutSeconds: number;
}

/** What runs on the leg once it has answered. */
export interface AfterAnswer {
  readonly dialplan: 'inline' | 'application' | 'other';
  /** As FreeSWITCH shows it in `dest` and in the transfer history. */
  readonly text: string;
  readonly steps: readonly ScriptStep[];
}

export interface ScriptStep {
  readonly application: string;
  readonly data: string;
}

/** Index of the bracket that closes the one at the start of `text`; -1 when none does. */
function closingBracket(text: string, open: string, close: string): number {
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    if (char === '\\') i += 1;
    else if (char === "'") isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (char === open) depth += 1;
    else if (char === close) {
      depth -= 1;
      if (depth === 0) return i;
    }
  }
  return -1;
}

function addVariables(text: string, into: Map<string, string>): void {
  for (const pair of separateString(text, ',')) {
    const [name, value] = separateString(pair, '=', 2);
    if (name === undefined || value === undefined) continue;
    into.delete(name);
    into.set(name, value);
  }
}

const BRACKETS = [
  ['<', '>'],
  ['{', '}'],
  ['[', ']'],
] as const;

/** Takes the variables in front of a dial string off it (switch_event.c, switch_event_create_brackets). */
export function splitVariables(dialString: string): { variables: Map<string, string>; endpoint: string } {
  const variables = new Map<string, string>();
  let rest = dialString.trimStart();
  for (;;) {
    const pair = BRACKETS.find(([open]) => rest.startsWith(open));
    if (pair === undefined) break;
    const end = closingBracket(rest, pair[0], pair[1]);
    if (end < 0) break;
    addVariables(rest.slice(1, end), variables);
    rest = rest.slice(end + 1).trimStart();
  }
  return { variables, endpoint: rest };
}

/** `sleep:2000,playback:a.wav,hangup` as applications; `m:|:` in front chooses another delimiter (mod_dptools). */
export function inlineScript(text: string): ScriptStep[] {
  const other = /^m:(.):/su.exec(text);
  const delimiter = other?.[1] ?? ',';
  const list = other === null ? text : text.slice(4);
  return separateString(list, delimiter, 128).map((part) => {
    const colon = part.indexOf(':');
    return colon < 0
      ? { application: part.trimStart(), data: '' }
      : { application: part.slice(0, colon).trimStart(), data: part.slice(colon + 1) };
  });
}

/** What `extension dialplan` means on a leg. */
export function afterAnswer(extension: string, dialplan: string | undefined): AfterAnswer {
  const application = /^&([^()]+)(?:\(([^)]*))?/u.exec(extension);
  if (application !== null) {
    const [, name = '', data = ''] = application;
    return { dialplan: 'application', text: extension, steps: [{ application: name, data }] };
  }
  if (dialplan?.toLowerCase() === 'inline') {
    return { dialplan: 'inline', text: extension, steps: inlineScript(extension) };
  }
  return { dialplan: 'other', text: extension, steps: [] };
}

/** Null when FreeSWITCH would answer with the usage of `originate`. */
export function parseOriginate(argument: string): OriginateRequest | null {
  const parts = separateString(argument, ' ', 10);
  const [dialString, extension] = parts;
  if (dialString === undefined || extension === undefined || parts.length > 7) return null;
  const given = (i: number): string | undefined =>
    parts[i]?.toLowerCase() === 'undef' ? undefined : parts[i];
  const { variables, endpoint } = splitVariables(dialString);
  return {
    variables,
    endpoint,
    then: afterAnswer(extension, given(2)),
    callerIdNumber: variables.get('origination_caller_id_number') ?? given(5) ?? null,
    timeoutSeconds: Number.parseInt(given(6) ?? '60', 10) || 60,
  };
}
