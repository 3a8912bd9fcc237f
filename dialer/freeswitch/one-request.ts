import { unreachable } from '../../kernel/assert.ts';
import type { CallId } from '../../kernel/ids.ts';
import { seconds } from '../../kernel/time.ts';
import type { SwitchCommand } from '../telephony.ts';
import type { EslCommand } from './esl-command.ts';

/** A tone of 0.15 s, mixed into what the agent hears. */
const TONE_IN_EAR = 'tone_stream://%(150,0,800)';
/** A soft beep every six seconds: "you are still connected". */
const HOLD_SOUND = 'tone_stream://v=-20;%(300,5700,440)';
const HOLD_TIMES_MAX = 600;
/** How long a customer who was told to wait is kept by the switch alone; the pool decides long before. */
const LEFT_WAITING_MS = seconds(30);

/** Commands that are one request each, and of which nothing is told. */
export function oneRequest(
  command: Extract<
    SwitchCommand,
    { readonly do: 'play-message' | 'play-to-customer' | 'play-tone' | 'mark' }
  >,
): EslCommand {
  switch (command.do) {
    case 'play-message':
      return { send: 'play-message', callId: command.callId, file: command.file };
    case 'play-to-customer':
      return {
        send: 'play-and-wait',
        callId: command.callId,
        file: command.file,
        timesMax: 1,
        waitMs: LEFT_WAITING_MS,
      };
    case 'play-tone':
      return { send: 'play-in-ear', legId: command.legId, file: TONE_IN_EAR };
    case 'mark':
      return { send: 'set-variables', channelId: command.channelId, variables: command.variables };
    default:
      return unreachable(command);
  }
}

/** The customer hears a sound of waiting until he is bridged again. */
export const holdRequest = (callId: CallId, sound = HOLD_SOUND): EslCommand => ({
  send: 'play-and-wait',
  callId,
  file: sound,
  timesMax: HOLD_TIMES_MAX,
  waitMs: seconds(1),
});
