import { EslError } from './esl-error.ts';

/**
 * A path on the switch's machine (relative to its sounds folder), or a generated tone or silence, as `playback` takes it; any other
 * source would let a setting make the switch fetch, speak or listen.
 * @throws {EslError} `unsafe`: FreeSWITCH would read more into it than a file name.
 */
export function soundFile(text: string): string {
  const [, scheme, name = ''] = /^(?:(tone_stream|silence_stream):\/\/)?(.*)$/su.exec(text) ?? [];
  // `{…}` and `[…]` in front are parameters, `$` a variable, `!` and `|` lists, `@@` an offset, `:` another source of sound.
  const isName = /^[\p{L}\p{N}_./-][\p{L}\p{M}\p{N} _./+%=(),;~#@*-]*$/u.test(name);
  const isTone = scheme !== undefined && /^[a-zA-Z0-9%(),;=./+-]+$/.test(name);
  if ((isName || isTone) && !name.includes('@@') && !name.endsWith(' ')) return text;
  throw new EslError(
    'unsafe',
    `The sound file "${text}" is not usable: take a path on the switch's machine of letters, digits, spaces and . _ - /`,
  );
}
