import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import type { Clearance } from '../../compliance/gate.ts';
import type { AgentLegPermit } from '../agent-leg-permit.ts';
import type { AgentId, Epoch, LegId, PoolId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { milliseconds, seconds, type MonotonicMs } from '../../kernel/time.ts';
import type { DialForAgentCommand, TrunkSettings } from '../telephony.ts';
import { EslError } from './esl-error.ts';
import { clearedOriginate, permittedLeg, SOME_TRUNK } from './link-recorder.fixture.ts';
import { ManualTimers } from './manual-timers.fixture.ts';
import { dialForAgent, isDialTemplate, originateAgentLeg, originateCall } from './originate-command.ts';
import { readInlineScript, readOriginate, separateString } from './switch-parsing.fixture.ts';
import { typed } from './typed-text.fixture.ts';

const poolId = '01900000-0000-7000-8000-0000000000f0' as PoolId;
const timers = new ManualTimers();
const context = { poolId, epoch: 7 as Epoch, clock: timers.clock };
const cleared = (changes: Parameters<typeof clearedOriginate>[0] = {}): ReturnType<typeof clearedOriginate> =>
  clearedOriginate({ monotonic: timers.clock.monotonic(), ...changes });
const render = (changes: Parameters<typeof clearedOriginate>[0] = {}): ReturnType<typeof readOriginate> =>
  readOriginate(originateCall(cleared(changes), context));
const trunk = (changes: Partial<TrunkSettings>): { trunk: TrunkSettings } => ({
  trunk: { ...SOME_TRUNK, ...changes },
});

describe('permission', () => {
  test('a clearance that the gate did not make is refused', () => {
    const { clearance } = cleared();
    const copies: Clearance[] = [{ ...clearance }, JSON.parse(JSON.stringify(clearance)) as Clearance];
    for (const copy of copies) {
      expect(() => originateCall({ ...cleared(), clearance: copy }, context)).toThrow(
        'the gate never cleared it',
      );
    }
  });

  test('a clearance is good for one call', () => {
    const command = cleared();
    originateCall(command, context);
    expect(() => originateCall(command, context)).toThrow('used before');
  });

  test('a clearance that led to nothing is used up too', () => {
    const command = cleared();
    expect(() => originateCall({ ...command, messageFile: "it's" }, context)).toThrow(EslError);
    expect(() => originateCall(command, context)).toThrow('used before');
  });

  test('an expired clearance is refused', () => {
    const old = clearedOriginate({ monotonic: (timers.clock.monotonic() - 2001) as MonotonicMs });
    expect(() => originateCall(old, context)).toThrow('has expired');
  });

  test("an agent's leg needs the very permit that was given", () => {
    const { permit } = permittedLeg();
    const forged: AgentLegPermit = { ...permit, extension: '15551234567@carrier' };
    expect(() => originateAgentLeg(forged, context, 'phones.example')).toThrow('nobody permitted it');
  });

  test.each(['', 'a b', 'x@y', 'a}b', 'sofia/gateway/x', 'a,b', '-a', 'a..b'])(
    '%j is no domain for agents',
    (domain) => {
      expect(() => originateAgentLeg(permittedLeg().permit, context, domain)).toThrow(EslError);
    },
  );
});

test("a customer's originate carries whose it is, its limits, and the script that ends it when nobody is left of us", () => {
  const command = cleared({
    phone: '+13055550101',
    orphanAfterMs: milliseconds(5000),
    messageFile: '/sounds/sorry, nobody.wav',
    ...trunk({ codecs: 'PCMU,PCMA', callerIdIn: 'from-and-pai' }),
  });
  const { legs, script, dialplan } = readOriginate(originateCall(command, context));
  const mark = `ringline/${poolId}/7/call`;
  expect(legs).toEqual([
    {
      variables: {
        origination_uuid: command.callId,
        ringline_pool: poolId,
        ringline_epoch: '7',
        ringline_purpose: 'call',
        ringline_campaign: command.campaignId,
        presence_data: mark,
        accountcode: mark,
        ignore_early_media: 'true',
        leg_progress_timeout: '17',
        originate_timeout: '42',
        send_silence_when_idle: '1400',
        uuid_bridge_continue_on_cancel: 'true',
        origination_caller_id_number: '+13055550199',
        origination_caller_id_name: '+13055550199',
        sip_cid_type: 'pid',
        absolute_codec_string: 'PCMU,PCMA',
      },
      dialString: 'sofia/gateway/first/+13055550101',
    },
  ]);
  expect(dialplan).toBe('inline');
  expect(readInlineScript(script)).toEqual([
    { app: 'sleep', data: '2500' },
    { app: 'sleep', data: '2500' },
    { app: 'playback', data: '/sounds/sorry, nobody.wav' },
    { app: 'hangup', data: 'NORMAL_CLEARING' },
  ]);
});

test("an agent's leg parks and survives its calls", () => {
  const { legId, permit } = permittedLeg('1042');
  const { legs, script } = readOriginate(originateAgentLeg(permit, context, 'phones.example:5061'));
  expect(script).toBe('&park()');
  expect(legs[0]?.dialString).toBe('user/1042@phones.example:5061');
  expect(legs[0]?.variables).toMatchObject({
    origination_uuid: legId,
    ringline_pool: poolId,
    ringline_epoch: '7',
    ringline_purpose: 'agent-leg',
    ringline_agent: permit.agentId,
    presence_data: `ringline/${poolId}/7/agent-leg/${permit.agentId}`,
    // A 183 of the phone is no answer of the agent.
    ignore_early_media: 'true',
    park_after_bridge: 'true',
    hangup_after_bridge: 'false',
  });
});

test("the switch's own timers are behind ours, whatever ours are", () => {
  const [leg] = render({ ringTimeoutMs: seconds(60), progressTimeoutMs: milliseconds(12_300) }).legs;
  expect(leg?.variables).toMatchObject({ leg_progress_timeout: '18', originate_timeout: '78' });
});

test.each([
  ['e164', '+442079460958', '+442079460958', '+13055550199'],
  ['e164-without-plus', '+442079460958', '442079460958', '13055550199'],
  ['national', '+442079460958', '02079460958', '3055550199'],
  ['national', '+13055550101', '3055550101', '3055550199'],
] as const)('as %s, %s is dialled %s from %s', (...row) => {
  const [numberFormat, phone, dialled, from] = row;
  const [leg] = render({ phone, ...trunk({ numberFormat }) }).legs;
  expect(leg?.dialString).toBe(`sofia/gateway/first/${dialled}`);
  expect(leg?.variables['origination_caller_id_number']).toBe(from);
});

test.each([
  ['from', 'none'],
  ['pai', 'pid'],
  ['from-and-pai', 'pid'],
] as const)('caller id in %s asks for the %s header', (callerIdIn, type) => {
  expect(render(trunk({ callerIdIn })).legs[0]?.variables['sip_cid_type']).toBe(type);
});

test.each([
  ['number that is none', { phone: '+1305555010;api' }],
  ['caller id that is none', { callerId: '0305' as PhoneNumber }],
  ['list of codecs that is none', trunk({ codecs: 'PCMU PCMA' })],
  ['time that is none', { orphanAfterMs: milliseconds(Number.NaN) }],
  ['negative time', { ringTimeoutMs: milliseconds(-60_000) }],
])('a %s is refused', (_name, changes) => {
  expect(() => render(changes)).toThrow(EslError);
});

test.each([
  'sofia/gateway/first/{number}',
  'sofia/trunk/{number}@127.0.0.1:5070',
  'sofia/trunk/sip:{number}@carrier.example;transport=tcp',
  'loopback/{number}/default',
])('%s is a template', (template) => {
  expect(isDialTemplate(template)).toBe(true);
});

test.each([
  ['no number', 'sofia/gateway/first/1'],
  ['two numbers', 'sofia/gateway/{number}/{number}'],
  ['a second carrier when the first refuses', 'sofia/gateway/a/{number}|sofia/gateway/b/{number}'],
  ['a fork to another phone', 'sofia/gateway/a/{number},sofia/gateway/b/1'],
  ['a separate call', 'sofia/gateway/a/{number}:_:sofia/gateway/b/1'],
  ['variables', '[a=b]sofia/gateway/a/{number}'],
  ['braces', '{a=b}sofia/gateway/a/{number}'],
  ['a blank', 'sofia/gateway/a/{number} &park'],
  ['an expansion', 'sofia/gateway/${x}/{number}'],
  ['a quote', "sofia/gateway/a/{number}'"],
])('a template with %s is refused', (_name, template) => {
  expect(isDialTemplate(template)).toBe(false);
  expect(() => render(trunk({ dialTemplate: template }))).toThrow(EslError);
});

describe("a call that an agent's leg makes", () => {
  const forAgent = (changes: Parameters<typeof clearedOriginate>[0] = {}): DialForAgentCommand => {
    const { orphanAfterMs: _, messageFile: __, ...command } = cleared(changes);
    const legId = '01900000-0000-7000-8000-0000000000b1' as LegId;
    const agentId = '01900000-0000-7000-8000-0000000000a1' as AgentId;
    return { ...command, do: 'dial-for-agent', legId, agentId };
  };

  test('is a script of his leg: ringing in his ear, the call with whose it is and its limits, then the park again', () => {
    const command = forAgent({ phone: '+13055550101', ...trunk({ codecs: 'PCMU,PCMA' }) });
    const [script = ''] = separateString(dialForAgent(command, context), ' ', 1);
    const steps = readInlineScript(script);
    expect(steps.map(({ app }) => app)).toEqual(['set', 'set', 'bridge', 'park']);
    const data = steps[2]?.data ?? '';
    const [block = '', dialString] = data.slice('{^^;'.length).split('}');
    const { callId } = command.clearance.candidate;
    expect(dialString).toBe('sofia/gateway/first/+13055550101');
    expect(Object.fromEntries(block.split(';').map((pair) => pair.split('=')))).toMatchObject({
      origination_uuid: callId,
      ringline_pool: poolId,
      ringline_epoch: '7',
      ringline_purpose: 'call',
      ringline_agent: command.agentId,
      presence_data: `ringline/${poolId}/7/call`,
      ignore_early_media: 'false',
      leg_progress_timeout: '17',
      originate_timeout: '42',
      park_after_bridge: 'true',
      park_timeout: '35',
      absolute_codec_string: 'PCMU,PCMA',
    });
  });

  test('needs the clearance as every other call does', () => {
    const command = forAgent();
    expect(() => dialForAgent({ ...command, clearance: { ...command.clearance } }, context)).toThrow(
      'never cleared',
    );
    dialForAgent(command, context);
    expect(() => dialForAgent(command, context)).toThrow('used before');
    const old = { monotonic: (timers.clock.monotonic() - 2001) as MonotonicMs };
    expect(() => dialForAgent(forAgent(old), context)).toThrow('has expired');
  });

  test.each(['a}b', "a'b", 'a;b', 'a~b', 'a b', String.raw`a\b`, '${a}'])(
    'a setting of the trunk with %j is refused',
    (codecs) => {
      expect(() => dialForAgent(forAgent(trunk({ codecs })), context)).toThrow(EslError);
    },
  );
});

test('whatever is typed into the settings of a trunk or a message, at most one call is made, to the number that was cleared', () => {
  fc.assert(
    fc.property(typed, typed, typed, (template, codecs, messageFile) => {
      const command = cleared({
        phone: '+13055550101',
        messageFile: `/s/${messageFile}`,
        ...trunk({ dialTemplate: `sofia/gateway/a/{number}${template}`, codecs: `PCMU${codecs}` }),
      });
      let text: string;
      try {
        text = originateCall(command, context);
      } catch (error) {
        expect(error).toBeInstanceOf(EslError);
        return;
      }
      const { legs, script } = readOriginate(text);
      expect(legs).toHaveLength(1);
      expect(legs[0]?.dialString).toBe(`sofia/gateway/a/+13055550101${template}`);
      expect(legs[0]?.dialString).not.toMatch(/[|,\s{}[\]<>]/);
      expect(Object.keys(legs[0]?.variables ?? {})).toHaveLength(16);
      expect(readInlineScript(script)).toHaveLength(4);
    }),
    { numRuns: 2000 },
  );
});
