import type { CallId } from '../../kernel/ids.ts';
import { seconds } from '../../kernel/time.ts';
import type { ContractCase, ContractPlay } from './contract-play.ts';

const GONE = 'CHANNEL_DESTROY';

async function parked(play: ContractPlay, extension: string): Promise<void> {
  await play.callAgent('agent', extension);
  await play.until('agent', 'CHANNEL_PARK');
}

async function dismiss(play: ContractPlay): Promise<void> {
  await play.pause(300);
  await play.hangUp('agent');
  await play.until('agent', GONE);
}

/** Calls that an agent's own parked leg makes: he hears them ring, and is there at the answer. */
export const AGENT_DIAL_CASES: readonly ContractCase[] = [
  {
    name: 'the agent dials: answered after ringing, we hang up',
    play: async (play) => {
      await parked(play, '1011');
      await play.dialForAgent('customer', 'agent', 'answered');
      await play.until('agent', 'CHANNEL_BRIDGE');
      await play.pause(500);
      await play.hangUp('customer');
      await play.until('customer', GONE);
      await play.until('agent', 'CHANNEL_PARK', 2);
      await dismiss(play);
    },
  },
  {
    name: 'the agent dials: early media, then answered',
    play: async (play) => {
      await parked(play, '1012');
      await play.dialForAgent('customer', 'agent', 'answered-after-early-media');
      await play.until('customer', 'CHANNEL_ANSWER');
      await play.pause(500);
      await play.hangUp('customer');
      await play.until('customer', GONE);
      await play.until('agent', 'CHANNEL_PARK', 2);
      await dismiss(play);
    },
  },
  {
    name: 'the agent dials: they hang up, and once more',
    play: async (play) => {
      await parked(play, '1013');
      await play.dialForAgent('first', 'agent', 'answered-hangs-up');
      await play.until('first', GONE);
      await play.until('agent', 'CHANNEL_PARK', 2);
      await play.dialForAgent('second', 'agent', 'busy');
      await play.until('second', GONE);
      await play.until('agent', 'CHANNEL_PARK', 3);
      await dismiss(play);
    },
  },
  {
    name: 'the agent dials: early media, then busy',
    play: async (play) => {
      await parked(play, '1014');
      await play.dialForAgent('customer', 'agent', 'early-media-then-busy');
      await play.until('customer', GONE);
      await play.until('agent', 'CHANNEL_PARK', 2);
      await dismiss(play);
    },
  },
  {
    name: 'the agent dials: no answer, taken back by us',
    play: async (play) => {
      await parked(play, '1015');
      await play.dialForAgent('customer', 'agent', 'no-answer');
      await play.until('customer', 'CHANNEL_PROGRESS');
      await play.pause(1000);
      await play.hangUp('customer');
      await play.until('customer', GONE);
      await play.until('agent', 'CHANNEL_PARK', 2);
      await dismiss(play);
    },
  },
  {
    name: 'the agent dials: his phone goes while it rings',
    play: async (play) => {
      await parked(play, '1016');
      await play.dialForAgent('customer', 'agent', 'no-answer');
      await play.until('customer', 'CHANNEL_PROGRESS');
      await play.pause(1000);
      await play.hangUp('agent');
      await play.until('customer', GONE);
      await play.until('agent', GONE);
    },
  },
  {
    name: 'the agent dials: his phone goes in the talk and the customer stays',
    play: async (play) => {
      await parked(play, '1017');
      await play.dialForAgent('customer', 'agent', 'answered');
      await play.until('agent', 'CHANNEL_BRIDGE');
      await play.pause(500);
      await play.hangUp('agent');
      await play.until('customer', 'CHANNEL_PARK');
      await play.until('agent', GONE);
      await play.pause(300);
      await play.hangUp('customer');
      await play.until('customer', GONE);
    },
  },
  {
    name: 'the agent dials: on hold and back, and what is shown',
    play: async (play) => {
      await parked(play, '1018');
      await play.dialForAgent('customer', 'agent', 'answered');
      await play.until('agent', 'CHANNEL_BRIDGE');
      await play.pause(2000);
      await play.look();
      await play.send({
        send: 'play-and-wait',
        callId: play.idOf('customer') as CallId,
        file: 'tone_stream://%(5000,0,440)',
        timesMax: 3,
        waitMs: seconds(1),
      });
      await play.until('customer', 'PLAYBACK_START');
      await play.until('agent', 'CHANNEL_PARK', 2);
      await play.pause(500);
      await play.bridge('customer', 'agent');
      await play.until('customer', 'CHANNEL_BRIDGE');
      await play.pause(300);
      await play.hangUp('customer');
      await play.until('customer', GONE);
      await play.until('agent', 'CHANNEL_PARK', 3);
      await dismiss(play);
    },
  },
  {
    name: 'the agent dials: a leg that is gone',
    play: async (play) => {
      await parked(play, '1019');
      await play.hangUp('agent');
      await play.until('agent', GONE);
      await play.dialForAgent('customer', 'agent', 'answered');
      await play.hangUp('agent');
    },
  },
];
