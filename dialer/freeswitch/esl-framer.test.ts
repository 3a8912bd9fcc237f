import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EslError } from './esl-error.ts';
import { EslFramer, type EslFrame } from './esl-framer.ts';
import { frame } from './scripted-switch.fixture.ts';

const headerText = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replaceAll(/[\r\n]/g, ' ').trim());
const someFrame = fc.record({
  type: fc.constantFrom('text/event-json', 'command/reply', 'api/response'),
  note: headerText,
  // Names in Chinese, emoji, empty lines and whole frames inside a body.
  body: fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 200 }),
    fc.constant('a\n\nContent-Length: 4\n\nbody'),
    fc.constant('名字 📞\n\n'),
  ),
});

function readAll(framer: EslFramer, bytes: Buffer, cuts: readonly number[]): EslFrame[] {
  const frames: EslFrame[] = [];
  let from = 0;
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    frames.push(...framer.push(bytes.subarray(from, Math.min(cut, bytes.length))));
    from = Math.max(from, Math.min(cut, bytes.length));
  }
  return frames;
}

test('reads back any frames, wherever the stream is cut', () => {
  fc.assert(
    fc.property(
      fc.array(someFrame, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(1500), { maxLength: 60 }),
      (frames, cuts) => {
        const bytes = Buffer.concat(
          frames.map(({ type, note, body }) => frame({ 'Content-Type': type, Note: note }, body)),
        );
        const read = readAll(new EslFramer(), bytes, cuts);
        expect(
          read.map(({ headers, body }) => [
            headers.get('content-type'),
            headers.get('note'),
            body.toString(),
          ]),
        ).toEqual(frames.map(({ type, note, body }) => [type, note, body]));
      },
    ),
    { numRuns: 500 },
  );
});

test('reads frames that come one byte at a time', () => {
  const bytes = Buffer.concat([
    frame({ 'Content-Type': 'auth/request' }),
    frame({ 'Content-Type': 'api/response' }, 'ein Ümlaut 🙂 und\n\nmehr'),
  ]);
  const framer = new EslFramer();
  const read = [...bytes].flatMap((byte) => framer.push(Buffer.from([byte])));
  expect(read.map(({ body }) => body.toString())).toEqual(['', 'ein Ümlaut 🙂 und\n\nmehr']);
});

test('skips line feeds between frames', () => {
  const read = new EslFramer().push(
    Buffer.from('\n\nContent-Type: auth/request\n\n\n\nContent-Type: log/data\n\n'),
  );
  expect(read.map(({ headers }) => headers.get('content-type'))).toEqual(['auth/request', 'log/data']);
});

test('leaves percent signs and broken percent codes as they are', () => {
  const [read] = new EslFramer().push(
    Buffer.from('Content-Type: command/reply\nReply-Text: +OK 100% Andr%E9\n\n'),
  );
  expect(read?.headers.get('reply-text')).toBe('+OK 100% Andr%E9');
});

test.each([
  ['a header without end', 'x'.repeat(200)],
  ['a header of many lines', 'a: b\n'.repeat(60)],
  ['a body beyond the limit', 'Content-Length: 1001\n\n'],
  ['a length that is no number', 'Content-Length: -1\n\n'],
  ['a length beyond numbers', 'Content-Length: 9999999999999999999\n\n'],
])('refuses %s', (_name, text) => {
  const framer = new EslFramer({ headerBytesMax: 100, bodyBytesMax: 1000 });
  expect(() => framer.push(Buffer.from(text))).toThrow(EslError);
});

test('takes a large body in small segments without looking at it again and again', () => {
  const body = Buffer.alloc(8 * 1024 * 1024, 'x');
  const bytes = Buffer.concat([Buffer.from(`Content-Length: ${body.length}\n\n`), body]);
  const framer = new EslFramer();
  const read: EslFrame[] = [];
  for (let at = 0; at < bytes.length; at += 1460) read.push(...framer.push(bytes.subarray(at, at + 1460)));
  expect(read).toHaveLength(1);
  expect(read[0]?.body.equals(body)).toBe(true);
});
