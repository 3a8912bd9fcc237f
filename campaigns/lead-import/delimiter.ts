import { CsvRecords, type CsvRecord } from './csv-records.ts';

const DELIMITERS = [',', ';', '\t', '|'];
const SAMPLE_RECORDS = 200;
/** Excel's own first line, which names the delimiter and is no row. */
const SEPARATOR_LINE = /^"?sep=([^\r\n"])"?(?:\r\n?|\n)/i;

/** True for what can separate columns: one character that is neither a quotation mark nor part of a word or line end. */
export function isDelimiter(text: string): boolean {
  return /^[^\p{L}\p{N}"\r\n\u{10000}-\u{10ffff}]$/u.test(text);
}

/** What the file itself says in a line "sep=;"; null when it has none. */
export function namedDelimiter(sample: string): string | null {
  return SEPARATOR_LINE.exec(sample)?.[1] ?? null;
}

/** The one that gives most rows the header's number of columns, and the most columns among equals. */
export function guessDelimiter(sample: string, isWhole: boolean): string {
  const scored = DELIMITERS.map((delimiter) => {
    const rows = sampleRecords(sample, delimiter, isWhole).flatMap((record) =>
      record.type === 'cells' ? [record.cells.length] : [],
    );
    const columns = rows[0] ?? 0;
    const fitting = rows.filter((count) => count === columns).length / Math.max(1, rows.length);
    return { delimiter, score: columns > 1 ? fitting * Math.min(columns, 50) : 0 };
  });
  return scored.reduce((best, next) => (next.score > best.score ? next : best)).delimiter;
}

/** The first records of a text. */
export function sampleRecords(sample: string, delimiter: string, isWhole: boolean): readonly CsvRecord[] {
  return new CsvRecords(delimiter).push(sample, isWhole).slice(0, SAMPLE_RECORDS);
}
