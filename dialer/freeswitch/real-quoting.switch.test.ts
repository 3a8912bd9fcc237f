import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWith } from '../../server/test-tools.ts';
import type { CallId } from '../../kernel/ids.ts';
import { renderCommand } from './esl-command.ts';
import { SafeConnection } from './esl-connection.ts';
import { EslError } from './esl-error.ts';
import { header, parseEvent, type EslEvent } from './esl-event.ts';
import { bracedVariables, quoteToken } from './esl-quoting.ts';
import { anId, machineClock } from './link-recorder.fixture.ts';
import { startRealSwitch, type RealSwitch } from './real-switch.fixture.ts';
import { systemTimers } from './timers.ts';
import { typed } from './typed-text.fixture.ts';

describeWith(['freeswitch'], 'what a real FreeSWITCH reads', () => {
  let real: RealSwitch;
  let connection: SafeConnection;
  const events: EslEvent[] = [];
  let jobs = 0;

  beforeAll(async () => {
    real = await startRealSwitch();
    connection = new SafeConnection({
      address: real.address,
      clock: machineClock,
      timers: systemTimers,
      onEvent: (event) => events.push(event),
      onClose: () => undefined,
    });
    await connection.ready;
    await connection.request({ line: 'event json BACKGROUND_JOB CHANNEL_EXECUTE', headers: [] });
  });
  afterAll(async () => {
    connection.close();
    await real.stop();
  });

  const api = async (line: string): Promise<string> =>
    (await connection.request({ line: `api ${line}`, headers: [] })).text;

  async function dump(id: CallId): Promise<EslEvent> {
    const event = parseEvent(Buffer.from(await api(`uuid_dump ${id} json`)));
    if (!event) throw new Error('no dump');
    return event;
  }

  async function originate(variables: Parameters<typeof bracedVariables>[0]): Promise<CallId> {
    const id = anId<CallId>();
    const leg = `${bracedVariables([['origination_uuid', id], ...variables])}null/1`;
    jobs += 1;
    const output = await connection.background(
      { line: `originate ${quoteToken(leg)} &park()`, headers: [] },
      `job-${jobs}`,
    );
    expect(output).toBe(`+OK ${id}`);
    return id;
  }

  function expressible(text: string): boolean {
    try {
      bracedVariables([['a', text]]);
      return true;
    } catch (error) {
      if (error instanceof EslError) return false;
      throw error;
    }
  }
  /** FreeSWITCH itself refuses a value that names a variable, and keeps no empty ones. */
  const kept = typed.filter((text) => text !== '' && expressible(text) && !/\$\\*\{/.test(text));

  test('an originate variable is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(kept, kept, async (first, second) => {
        const id = await originate([
          ['ringline_a', first],
          ['ringline_b', second],
          ['ringline_c', 'end'],
        ]);
        const event = await dump(id);
        await api(`uuid_kill ${id}`);
        expect([header(event, 'variable_ringline_a'), header(event, 'variable_ringline_b')]).toEqual([
          first,
          second,
        ]);
        expect(header(event, 'variable_ringline_c')).toBe('end');
      }),
      { numRuns: 150 },
    );
  });

  test('a mark is read as it was written', async () => {
    const id = await originate([['ringline_a', 'x']]);
    await fc.assert(
      fc.asyncProperty(kept, async (value) => {
        const request = renderCommand({
          send: 'set-variables',
          channelId: id,
          variables: { ringline_m: value, ringline_n: 'end' },
        });
        expect((await connection.request(request)).text).toBe('+OK');
        const event = await dump(id);
        expect([header(event, 'variable_ringline_m'), header(event, 'variable_ringline_n')]).toEqual([
          value,
          'end',
        ]);
      }),
      { numRuns: 300 },
    );
    await api(`uuid_kill ${id}`);
  });

  test('a sound file with blanks, commas and letters of any script is one step of a script', async () => {
    for (const file of [
      '/s/sorry, nobody (2) is = here.wav',
      '/s/对不起;#~*.wav',
      'tone_stream://%(100,0,440);loops=1',
    ]) {
      const id = await originate([['ringline_a', 'x']]);
      events.length = 0;
      await connection.request(renderCommand({ send: 'play-message', callId: id, file }));
      await expect
        .poll(() => events.find((event) => header(event, 'Application') === 'playback'), { interval: 5 })
        .toMatchObject({ 'Application-Data': file });
      await api(`uuid_kill ${id}`);
    }
  });
});
