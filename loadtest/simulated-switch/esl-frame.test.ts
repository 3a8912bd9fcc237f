import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EslFramer } from './esl-frame.ts';

const framesOf = (bytes: Buffer, cuts: readonly number[]) => {
  const framer = new EslFramer();
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  return [...places, bytes.length].flatMap((to) => {
    const piece = bytes.subarray(from, to);
    from = to;
    return framer.push(Buffer.from(piece));
  });
};

describe('cutting the stream into commands', () => {
  test('gives the same commands however the bytes arrive', () => {
    const line = fc.stringMatching(/^[a-z][a-zA-Zä€ ]{0,12}$/u);
    const header = fc.tuple(fc.stringMatching(/^[A-Z][a-z-]{1,8}$/u), fc.stringMatching(/^[a-zé]{1,8}$/u));
    const command = fc.record({
      line,
      headers: fc.array(header, { maxLength: 3 }),
      body: fc.option(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })),
    });
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 5 }),
        fc.array(fc.nat(500), { maxLength: 20 }),
        (commands, cuts) => {
          const text = commands
            .map(({ line: first, headers, body }) => {
              const length = body === null ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
              const lines = [first, ...headers.map(([name, value]) => `${name}: ${value}`), ...length];
              return `${lines.join('\n')}\n\n${body ?? ''}`;
            })
            .join('');
          const frames = framesOf(Buffer.from(text), cuts);
          // A line break at the start of a command is skipped, so a body that ends in blank lines is not told apart.
          expect(frames.map((frame) => frame.line)).toEqual(commands.map((one) => one.line));
          expect(frames.map((frame) => frame.body)).toEqual(commands.map((one) => one.body));
          const own = frames.map((frame) => frame.headers.filter(([name]) => name !== 'Content-Length'));
          expect(own).toEqual(commands.map((one) => one.headers));
        },
      ),
    );
  });

  test('keeps the case of header names and takes carriage returns for line ends', () => {
    const [frame] = framesOf(
      Buffer.from('sendevent CUSTOM\r\nEvent-Subclass: a::b\r\nRingline_Pool:  P1\r\n\r\n'),
      [],
    );
    expect(frame).toEqual({
      line: 'sendevent CUSTOM',
      headers: [
        ['Event-Subclass', 'a::b'],
        ['Ringline_Pool', 'P1'],
      ],
      body: null,
    });
  });
});
