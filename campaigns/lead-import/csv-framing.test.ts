import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameRecord, RECORD_CHARS_MAX, RECORD_LINES_MAX, type RecordFrame } from './csv-framing.ts';

function framesOf(text: string): RecordFrame[] {
  const frames: RecordFrame[] = [];
  for (let at = 0; at < text.length; at = frames.at(-1)?.end ?? text.length) {
    const frame = frameRecord(text, at, { delimiter: ',', isLast: true });
    if (frame === null) throw new Error('the last text has no more to come');
    frames.push(frame);
  }
  return frames;
}

const someText = fc.string({
  unit: fc.constantFrom('a', ' ', ',', '"', '""', '\n', '\r\n', '\r', '5" p', '电', '\0', '\t', '\u00a0'),
  maxLength: 40,
});

test('csv-parse finds one record in the text of each whole frame, and as many in all of them together', () => {
  fc.assert(
    fc.property(someText, (text) => {
      const whole = framesOf(text)
        .filter(({ brokenEnd }) => brokenEnd === null)
        .map(({ start, end }) => text.slice(start, end));
      const read = (records: string): string[][] =>
        parse(records, {
          record_delimiter: ['\r\n', '\n', '\r'],
          relax_column_count: true,
          relax_quotes: true,
          rtrim: true,
        });
      const alone = whole.map(read);
      expect(alone.every((rows) => rows.length === 1)).toBe(true);
      expect(read(whole.map((record) => record.replace(/[\r\n]+$/, '') + '\n').join(''))).toEqual(
        alone.flat(),
      );
    }),
    { numRuns: 2000 },
  );
});

test('frames follow each other, and every line break of the text is counted once', () => {
  fc.assert(
    fc.property(someText, (text) => {
      const frames = framesOf(text);
      expect(frames.map(({ start, end }) => text.slice(start, end)).join('')).toBe(text);
      expect(frames.reduce((sum, { lineBreaks }) => sum + lineBreaks, 0)).toBe(
        (text.match(/\r\n?|\n/g) ?? []).length,
      );
    }),
    { numRuns: 1000 },
  );
});

test.each(['a,"b', 'a,"b"', 'a,"b\n', 'a\r', 'a'])('waits for more behind %j', (text) => {
  expect(frameRecord(text, 0, { delimiter: ',', isLast: false })).toBeNull();
});

describe('gives up a record', () => {
  test('that goes on for too many lines, with its first line', () => {
    const rows = (count: number): string => `"Joe,1\n${'Ann,2\n'.repeat(count - 2)}Bob"\n`;
    expect(framesOf(rows(RECORD_LINES_MAX))).toHaveLength(1);
    const [first, second] = framesOf(rows(RECORD_LINES_MAX + 1));
    expect(first).toMatchObject({ brokenEnd: 6, end: 7, lineBreaks: 1 });
    expect(second).toMatchObject({ start: 7, end: 13, brokenEnd: null });
  });

  test('that is too long, with its first line', () => {
    const rows = (chars: number): string => `"Joe\n${'x'.repeat(chars - 6)}"\n`;
    expect(framesOf(rows(RECORD_CHARS_MAX))).toHaveLength(1);
    expect(framesOf(rows(RECORD_CHARS_MAX + 1))[0]).toMatchObject({ brokenEnd: 4, end: 5 });
  });

  test('whose first line is too long, piece by piece', () => {
    expect(framesOf('x'.repeat(RECORD_CHARS_MAX + 9) + '\n')).toMatchObject([
      { brokenEnd: RECORD_CHARS_MAX, end: RECORD_CHARS_MAX, lineBreaks: 0 },
      { brokenEnd: null, lineBreaks: 1 },
    ]);
  });
});
