import { milliseconds, seconds } from '../../kernel/time.ts';
import type { CallId, LegId } from '../../kernel/ids.ts';
import { AGENT_DIAL_CASES } from './agent-dial-cases.ts';
import type { ContractCase, ContractPlay } from './contract-play.ts';

/** What the product relies on. Played side by side, so each has legs of its own; phones are named by the extensions they use. */
export const CONTRACT_CASES: readonly ContractCase[] = [
  {
    name: 'answered, we hang up',
    play: async (play) => {
      await play.dial('customer', 'answered');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.pause(500);
      await play.hangUp('customer');
      await play.untilGone('customer');
    },
  },
  {
    name: 'answered, they hang up',
    play: async (play) => {
      await play.dial('customer', 'answered-hangs-up');
      await play.untilGone('customer');
    },
  },
  ...(
    [
      ['busy', 'busy'],
      ['rejected', 'rejected'],
      ['bad number', 'invalid-number'],
      ['carrier has no line', 'carrier-failure'],
      ['early media, then busy', 'early-media-then-busy'],
      ['redirected', 'redirected'],
    ] as const
  ).map(([name, behaviour]) => ({
    name,
    play: async (play: ContractPlay) => {
      await play.dial('customer', behaviour);
      await play.untilGone('customer');
    },
  })),
  ...(
    [
      ['no answer, cancelled by us', 'no-answer', 'CHANNEL_PROGRESS'],
      ['early media only, cancelled by us', 'early-media-only', 'CHANNEL_PROGRESS_MEDIA'],
      ['trying only, cancelled by us', 'trying-only', 'CHANNEL_ORIGINATE'],
      ['no reply at all, given up by us', 'no-reply', 'CHANNEL_ORIGINATE'],
      ['the answer crosses our cancel', 'answer-crosses-cancel', 'CHANNEL_PROGRESS'],
    ] as const
  ).map(([name, behaviour, event]) => ({
    name,
    play: async (play: ContractPlay) => {
      await play.dial('customer', behaviour);
      await play.until('customer', event);
      await play.pause(1000);
      await play.hangUp('customer');
      await play.untilGone('customer');
    },
  })),
  {
    name: 'rings for ever and nobody is left to cancel',
    play: async (play) => {
      await play.dial('customer', 'no-answer', {
        ringTimeoutMs: seconds(4),
        progressTimeoutMs: seconds(1),
      });
      await play.untilGone('customer');
    },
  },
  {
    name: 'never rings and nobody is left to cancel',
    play: async (play) => {
      await play.dial('customer', 'trying-only', {
        ringTimeoutMs: seconds(15),
        progressTimeoutMs: seconds(1),
      });
      await play.untilGone('customer');
    },
  },
  {
    name: '180, 183, 200',
    play: async (play) => {
      await play.dial('customer', 'answered-after-early-media');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.hangUp('customer');
      await play.untilGone('customer');
    },
  },
  {
    name: '200 without 18x',
    play: async (play) => {
      await play.dial('customer', 'answered-without-ringing');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.hangUp('customer');
      await play.untilGone('customer');
    },
  },
  {
    name: 'message played, then hung up',
    play: async (play) => {
      await play.dial('customer', 'answered-without-ringing');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.pause(500);
      await play.playMessage('customer', 'tone_stream://%(1000,0,440)');
      await play.untilGone('customer');
    },
  },
  {
    name: 'they hang up during the message',
    play: async (play) => {
      await play.dial('customer', 'answered-hangs-up');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.playMessage('customer', 'tone_stream://%(9000,0,440)');
      await play.untilGone('customer');
    },
  },
  {
    name: 'nobody bridged: the switch itself plays the message and hangs up',
    play: async (play) => {
      await play.dial('customer', 'answered-without-ringing', { orphanAfterMs: milliseconds(2000) });
      await play.untilGone('customer');
    },
  },
  {
    name: 'one agent leg through three calls',
    play: async (play) => {
      await play.callAgent('agent', '1001');
      await play.until('agent', 'CHANNEL_PARK');
      await play.dial('first', 'answered-without-ringing');
      await play.until('first', 'CHANNEL_EXECUTE');
      await play.bridge('first', 'agent');
      await play.until('first', 'CHANNEL_BRIDGE');
      await play.pause(500);
      await play.hangUp('first');
      await play.until('agent', 'CHANNEL_PARK', 2);
      await play.dial('second', 'answered-hangs-up');
      await play.until('second', 'CHANNEL_EXECUTE');
      await play.bridge('second', 'agent');
      await play.until('agent', 'CHANNEL_PARK', 3);
      await play.dial('third', 'answered-without-ringing');
      await play.until('third', 'CHANNEL_EXECUTE');
      await play.pause(300);
      await play.bridge('third', 'agent');
      await play.until('third', 'CHANNEL_BRIDGE');
      await play.pause(500);
      await play.hangUp('agent');
      await play.untilGone('agent');
      await play.pause(200);
      await play.hangUp('third');
      for (const name of ['first', 'second', 'third']) await play.untilGone(name);
    },
  },
  {
    name: 'the agent hangs up his phone while talking',
    play: async (play) => {
      await play.callAgent('agent', '1009');
      await play.until('agent', 'CHANNEL_PARK');
      await play.dial('customer', 'answered-without-ringing');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.bridge('customer', 'agent');
      await play.until('customer', 'CHANNEL_BRIDGE');
      // A phone of SIPp does so by itself, 4 s after it picked up: that is now.
      await play.pause(2850);
      await play.stage.hangUpPhone('1009');
      await play.untilGone('agent');
      await play.until('customer', 'CHANNEL_EXECUTE', 2);
      await play.hangUp('customer');
      await play.untilGone('customer');
    },
  },
  {
    name: 'on hold and back',
    play: async (play) => {
      await play.callAgent('agent', '1002');
      await play.until('agent', 'CHANNEL_PARK');
      await play.dial('customer', 'answered-without-ringing');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.bridge('customer', 'agent');
      await play.until('customer', 'CHANNEL_BRIDGE');
      await play.pause(300);
      await play.send({
        send: 'play-and-wait',
        callId: play.idOf('customer') as CallId,
        file: 'tone_stream://%(1000,3000,425)',
        timesMax: 10,
        waitMs: seconds(5),
      });
      await play.until('agent', 'CHANNEL_PARK', 2);
      await play.until('customer', 'PLAYBACK_START');
      await play.pause(500);
      await play.bridge('customer', 'agent');
      await play.until('customer', 'CHANNEL_BRIDGE', 2);
      await play.pause(300);
      await play.hangUp('customer');
      await play.untilGone('customer');
      await play.until('agent', 'CHANNEL_PARK', 3);
      await play.hangUp('agent');
      await play.untilGone('agent');
    },
  },
  {
    name: 'a tone in the ear of the agent alone',
    play: async (play) => {
      await play.callAgent('agent', '1003');
      await play.until('agent', 'CHANNEL_PARK');
      await play.send({
        send: 'play-in-ear',
        legId: play.idOf('agent') as LegId,
        file: 'tone_stream://%(200,0,600)',
      });
      await play.pause(600);
      await play.hangUp('agent');
      await play.untilGone('agent');
    },
  },
  {
    name: 'an agent whom nobody knows',
    play: async (play) => {
      await play.callAgent('agent', '15551');
      await play.until('agent', 'BACKGROUND_JOB');
    },
  },
  {
    name: "an agent's phone that is not registered",
    play: async (play) => {
      await play.callAgent('agent', '1010');
      await play.until('agent', 'BACKGROUND_JOB');
    },
  },
  {
    name: 'the id of a leg that is up, a second time',
    play: async (play) => {
      await play.callAgent('agent', '1005');
      await play.until('agent', 'CHANNEL_PARK');
      await play.callAgent('agent', '1006');
      await play.until('agent', 'BACKGROUND_JOB', 2);
      await play.hangUp('agent');
      await play.until('agent', 'CHANNEL_DESTROY');
    },
  },
  {
    name: 'what is up is shown',
    play: async (play) => {
      await play.callAgent('agent', '1007');
      await play.until('agent', 'CHANNEL_PARK');
      await play.dial('ringing', 'no-answer');
      await play.until('ringing', 'CHANNEL_PROGRESS');
      await play.dial('waiting', 'answered-without-ringing');
      await play.until('waiting', 'CHANNEL_EXECUTE');
      await play.dial('talking', 'answered-without-ringing');
      await play.until('talking', 'CHANNEL_EXECUTE');
      await play.bridge('talking', 'agent');
      await play.until('talking', 'CHANNEL_BRIDGE');
      // The list is written behind the events.
      await play.pause(2000);
      await play.look();
      await play.hangUp('talking');
      await play.until('agent', 'CHANNEL_PARK', 2);
      await play.pause(2000);
      await play.look();
      for (const name of ['ringing', 'waiting', 'agent']) await play.hangUp(name);
      for (const name of ['ringing', 'waiting', 'talking', 'agent']) await play.untilGone(name);
    },
  },
  {
    name: 'commands to legs that are gone',
    play: async (play) => {
      await play.callAgent('agent', '1004');
      await play.until('agent', 'CHANNEL_PARK');
      await play.bridge(play.strangeId(), 'agent');
      await play.dial('customer', 'answered-without-ringing');
      await play.until('customer', 'CHANNEL_EXECUTE');
      await play.bridge('customer', play.strangeId());
      await play.hangUp(play.strangeId());
      await play.playMessage(play.strangeId(), 'tone_stream://%(100,0,440)');
      await play.send({
        send: 'set-variables',
        channelId: play.strangeId() as CallId,
        variables: { ringline_note: 'x' },
      });
      await play.send({
        send: 'set-variables',
        channelId: play.idOf('customer') as CallId,
        variables: { ringline_note: 'x' },
      });
      await play.hangUp('customer');
      await play.untilGone('customer');
      await play.bridge('customer', 'agent');
      await play.hangUp('agent');
      await play.untilGone('agent');
      await play.hangUp('agent');
    },
  },
  ...AGENT_DIAL_CASES,
];

/** Ends the switch under all others, so it is played alone. */
export const CRASH_CASE: ContractCase = {
  name: 'the switch is killed',
  play: async (play) => {
    await play.callAgent('agent', '1001');
    await play.until('agent', 'CHANNEL_PARK');
    await play.dial('customer', 'answered-without-ringing');
    await play.until('customer', 'CHANNEL_EXECUTE');
    await play.bridge('customer', 'agent');
    await play.until('customer', 'CHANNEL_BRIDGE');
    await play.stage.crash();
    await play.disconnected;
  },
};
