/** Where one record of a text ends; it may take several lines when a quoted cell has line breaks in it. */
export interface RecordFrame {
  readonly start: number;
  /** Where the next record starts. */
  readonly end: number;
  /** Line breaks that it takes, its own included. */
  readonly lineBreaks: number;
  readonly hasStrayQuote: boolean;
  /** Where its first line ends when its quotation marks do not pair up: it is that line alone then. Null: it is whole. */
  readonly brokenEnd: number | null;
}

/** What does not end within so much is no record: an open quotation mark swallows the rows behind it. */
export const RECORD_CHARS_MAX = 1_048_576;
export const RECORD_LINES_MAX = 1000;

interface FrameOptions {
  /** One character. */
  readonly delimiter: string;
  /** No text follows. */
  readonly isLast: boolean;
}

interface Line {
  readonly end: number;
  readonly next: number;
  /** Whatever text follows, the line ends here. */
  readonly isComplete: boolean;
}

/** Pairs the quotation marks of the record at `start`, line by line. Null: it goes on beyond the text that is here. */
export function frameRecord(text: string, start: number, options: FrameOptions): RecordFrame | null {
  const marks = { isOpen: false, hasStray: false };
  let firstLine: Line | null = null;
  let at = start;
  for (let lines = 1; lines <= RECORD_LINES_MAX; lines += 1) {
    const line = lineAt(text, at, options.isLast);
    if (line.end - start > RECORD_CHARS_MAX) break;
    if (!line.isComplete) return null;
    firstLine ??= line;
    if (!pairMarks(text.slice(at, line.end), options.delimiter, marks)) break;
    const hasBreak = line.next > line.end;
    if (!marks.isOpen) {
      const lineBreaks = hasBreak ? lines : lines - 1;
      return { start, end: line.next, lineBreaks, hasStrayQuote: marks.hasStray, brokenEnd: null };
    }
    at = line.next;
    if (at >= text.length) {
      if (options.isLast) break;
      return null;
    }
  }
  return brokenFrame(start, firstLine);
}

/** Gives up the first line; of one without an end, as much as a record may be long. */
function brokenFrame(start: number, firstLine: Line | null): RecordFrame {
  const brokenEnd = firstLine?.end ?? start + RECORD_CHARS_MAX;
  const end = firstLine?.next ?? brokenEnd;
  return { start, end, lineBreaks: end > brokenEnd ? 1 : 0, hasStrayQuote: false, brokenEnd };
}

function lineAt(text: string, at: number, isLast: boolean): Line {
  const lineBreak = /\r\n?|\n/g;
  lineBreak.lastIndex = at;
  const found = lineBreak.exec(text);
  if (found === null) return { end: text.length, next: text.length, isComplete: isLast };
  const next = found.index + found[0].length;
  // A line feed that belongs to this carriage return may be the first character of what follows.
  const isComplete = isLast || found[0] !== '\r' || next < text.length;
  return { end: found.index, next, isComplete };
}

/** False: text follows a closing quotation mark, which nothing can pair. */
function pairMarks(line: string, delimiter: string, marks: { isOpen: boolean; hasStray: boolean }): boolean {
  let at = 0;
  for (let mark = line.indexOf('"'); mark !== -1; mark = line.indexOf('"', at)) {
    at = mark + 1;
    if (!marks.isOpen) {
      if (mark === 0 || line[mark - 1] === delimiter) marks.isOpen = true;
      else marks.hasStray = true;
    } else if (line[at] === '"') {
      at += 1;
    } else {
      marks.isOpen = false;
      while (line[at] === ' ') at += 1;
      if (at < line.length && line[at] !== delimiter) return false;
    }
  }
  return true;
}
