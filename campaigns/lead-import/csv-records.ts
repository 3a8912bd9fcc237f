import { CsvError, parse } from 'csv-parse/sync';
import { frameRecord, type RecordFrame } from './csv-framing.ts';

/** What one record of a file is; a record may take several lines when a quoted cell has line breaks in it. */
export type CsvRecord =
  | {
      readonly type: 'cells';
      readonly line: number;
      readonly cells: readonly string[];
      readonly hasStrayQuote: boolean;
    }
  /** Its quotation marks do not pair up; the line is skipped and reading goes on with the next one. */
  | { readonly type: 'broken'; readonly line: number; readonly text: string };

type PlacedFrame = RecordFrame & { readonly line: number };

/**
 * Reads CSV text (RFC 4180; any one-character delimiter; line ends of all systems) with csv-parse, in batches of whole records. Where a
 * record ends is found here, because csv-parse cannot go back behind a quotation mark that is never closed: so it costs its own line.
 */
export class CsvRecords {
  private readonly delimiter: string;
  private text = '';
  private line = 1;

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  /** The records that are complete with this piece of text; with `isLast` all that is left. */
  push(piece: string, isLast: boolean): CsvRecord[] {
    this.text += piece;
    const records: CsvRecord[] = [];
    let whole: PlacedFrame[] = [];
    let at = 0;
    while (at < this.text.length) {
      const frame = frameRecord(this.text, at, { delimiter: this.delimiter, isLast });
      if (frame === null) break;
      const { line } = this;
      this.line += frame.lineBreaks;
      at = frame.end;
      if (frame.brokenEnd === null) whole.push({ ...frame, line });
      else {
        for (const record of this.parsed(whole)) records.push(record);
        whole = [];
        records.push({ type: 'broken', line, text: this.text.slice(frame.start, frame.brokenEnd) });
      }
    }
    for (const record of this.parsed(whole)) records.push(record);
    this.text = this.text.slice(at);
    return records;
  }

  /** Frames that follow each other. When csv-parse does not find the same records in them, each half is tried on its own. */
  private parsed(frames: readonly PlacedFrame[]): readonly CsvRecord[] {
    const [first] = frames;
    if (first === undefined) return [];
    const text = this.text.slice(first.start, frames.at(-1)?.end);
    const rows = this.rowsOf(text);
    if (rows?.length === frames.length) return frames.flatMap((frame, i) => recordOf(frame, rows[i] ?? []));
    if (frames.length === 1) return [{ type: 'broken', line: first.line, text: text.trimEnd() }];
    const half = Math.ceil(frames.length / 2);
    return [...this.parsed(frames.slice(0, half)), ...this.parsed(frames.slice(half))];
  }

  /** Null: csv-parse refuses the text. */
  private rowsOf(text: string): readonly (readonly string[])[] | null {
    try {
      return parse(text, {
        delimiter: this.delimiter,
        record_delimiter: text.includes('\r') ? ['\r\n', '\n', '\r'] : '\n',
        relax_column_count: true,
        // A quotation mark in the middle of a cell stays what it is; the framing has found those that open one.
        relax_quotes: true,
        // Blanks behind a closing mark. Those before an opening one make it a mark in the middle of a cell.
        rtrim: true,
      });
    } catch (error) {
      if (error instanceof CsvError) return null;
      throw error;
    }
  }
}

/** None when the line is blank. */
function recordOf({ line, hasStrayQuote }: PlacedFrame, row: readonly string[]): readonly CsvRecord[] {
  const cells = row.map((cell) => cell.trim());
  if (cells.length === 1 && cells[0] === '') return [];
  return [{ type: 'cells', line, cells, hasStrayQuote }];
}
