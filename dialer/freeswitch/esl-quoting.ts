import { EslError } from './esl-error.ts';

/**
 * How FreeSWITCH reads text, layer by layer (switch_utils.c: switch_separate_string; switch_event.c:
 * switch_event_create_brackets; mod_dptools.c: inline_dialplan_hunt). Each layer cuts at its delimiter, then removes one level of
 * `\` and `'`. So a value is escaped once for every layer that it goes through, innermost first.
 */
function escapeLayer(text: string, delimiter: string): string {
  let escaped = '';
  for (const character of text) {
    if (character === ' ') escaped += String.raw`\s`;
    else if (character === '\\' || character === "'" || character === delimiter) escaped += `\\${character}`;
    else escaped += character;
  }
  return escaped;
}

/** One blank-separated argument of an API command. */
export function quoteToken(text: string): string {
  refuseControl(text);
  return escapeLayer(text, '');
}

/**
 * The `{name=value,…}` block of an originate, not yet quoted as a token. Braces are counted before any quote is looked at,
 * `:_:` splits the whole dial string into several calls, and `${…}` is a variable: none of them can be escaped, so values with
 * them are refused.
 */
export function bracedVariables(variables: readonly (readonly [name: string, value: string])[]): string {
  const parts = variables.map(([name, value]) => {
    refuseControl(value);
    if (/[{}]|:_:|origination_nested_vars/i.test(value)) {
      throw new EslError(
        'unsafe',
        `The value of ${variableName(name)} has a character that an originate cannot carry.`,
      );
    }
    return `${variableName(name)}=${escapeLayer(escapeLayer(value, '='), ',')}`;
  });
  return `{${parts.join(',')}}`;
}

/** The `a=1;b=2` of uuid_setvar_multi (64 variables at most); values may hold anything but control characters and `${`. */
export function quoteVariableList(variables: Readonly<Record<string, string>>): string {
  const parts = Object.entries(variables).map(([name, value]) => {
    refuseControl(value);
    if (/\$\\*\{/.test(value))
      throw new EslError('unsafe', `The value of ${variableName(name)} names a variable.`);
    return `${variableName(name)}=${escapeLayer(value, ';')}`;
  });
  if (parts.length === 0 || parts.length > 64)
    throw new EslError('unsafe', 'Between 1 and 64 variables are set at a time.');
  return parts.join(';');
}

/**
 * The same block for a call that a leg's own script makes (`bridge`). The script is cut and unescaped once more than the arguments
 * of a command, so values that would need an escape are refused; commas are free, for the block names another delimiter.
 */
export function plainVariables(variables: readonly (readonly [name: string, value: string])[]): string {
  const parts = variables.map(([name, value]) => {
    if (!/^[A-Za-z0-9_.+@:/,-]*$/.test(value) || value.includes(':_:')) {
      throw new EslError(
        'unsafe',
        `The value of ${variableName(name)} has a character that a script cannot carry.`,
      );
    }
    return `${variableName(name)}=${value}`;
  });
  return `{^^;${parts.join(';')}}`;
}

/** One application of a script that the inline dialplan runs. */
export interface ScriptStep {
  readonly app: 'sleep' | 'playback' | 'loop_playback' | 'hangup' | 'set' | 'bridge' | 'park';
  readonly data: string;
}

/**
 * Text for the inline dialplan with `^` (or another character that no step has) between the steps, so that commas of sound files
 * stay what they are; not yet quoted.
 */
export function inlineScript(steps: readonly ScriptStep[], between: '^' | '~' = '^'): string {
  const parts = steps.map(({ app, data }) => {
    refuseControl(data);
    // The data of an application goes through variable expansion, which has escapes of its own.
    if (/[$\\]/.test(data))
      throw new EslError('unsafe', `The data of ${app} has a character with a meaning.`);
    return escapeLayer(`${app}:${data}`, between);
  });
  return `m:${between}:${parts.join(between)}`;
}

/** Ids stand in commands unquoted, so they must be UUIDs whatever their type says. */
export function uuidText(id: string): string {
  if (!/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) {
    throw new EslError('unsafe', 'An id in an ESL command is not a UUID.');
  }
  return id;
}

function variableName(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name))
    throw new EslError('unsafe', 'A channel variable has an impossible name.');
  return name;
}

function refuseControl(text: string): void {
  if (/[\x00-\x1f\x7f]/.test(text) || !text.isWellFormed()) {
    throw new EslError('unsafe', 'A value of an ESL command has a line break or another control character.');
  }
}
