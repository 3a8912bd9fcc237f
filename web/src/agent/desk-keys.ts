import type { Disposition } from '../../../server/api.ts';

/** Single keys of the desk; a disposition that has the same letter goes before them while a call is in hand. */
export const DESK_KEYS = {
  connect: 'c',
  ready: 'r',
  pause: 'p',
  hangUp: 'h',
  hold: 'o',
  doNotCall: 'd',
  notes: 'n',
  form: 'f',
  callbackTime: 'b',
  extend: 'e',
  dial: 't',
  skip: 'k',
  message: 'm',
  leadNote: 'l',
} as const;

export type DeskAction = keyof typeof DESK_KEYS;

/** The key of an action, or undefined while a disposition has it. */
export function keyOf(
  action: DeskAction,
  dispositions: readonly Pick<Disposition, 'hotKey'>[],
): string | undefined {
  const key = DESK_KEYS[action];
  return dispositions.some(({ hotKey }) => hotKey === key) ? undefined : key;
}
