import { EslError } from './esl-error.ts';

/** One message of the event socket: header lines, and a body of Content-Length bytes. */
export interface EslFrame {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface FrameLimits {
  readonly headerBytesMax: number;
  readonly bodyBytesMax: number;
}

/** A `show channels` of 10,000 channels is about 10 MB, twice that as JSON inside JSON. */
export const FRAME_LIMITS: FrameLimits = { headerBytesMax: 64 * 1024, bodyBytesMax: 64 * 1024 * 1024 };

const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * Cuts a byte stream into frames. Every byte is looked at once and copied at most twice, whatever the segments: modesl's
 * parser joins all it has with each segment.
 */
export class EslFramer {
  readonly #limits: FrameLimits;
  /** Bytes of a header that has not ended yet. */
  #header: Buffer[] = [];
  #headerBytes = 0;
  #endedWithLf = false;
  /** Headers of the frame whose body is being filled. */
  #open: Map<string, string> | null = null;
  #body: Buffer = NOTHING;
  #filled = 0;

  constructor(limits: FrameLimits = FRAME_LIMITS) {
    this.#limits = limits;
  }

  /**
   * The frames that `chunk` completes, in order.
   * @throws {EslError} `bad-frame`: the stream is not the protocol or beyond the limits; it cannot be read on.
   */
  push(chunk: Buffer): EslFrame[] {
    const frames: EslFrame[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#open) {
        at += this.#fill(chunk, at);
      } else {
        at = this.#readHeader(chunk, at);
      }
      if (this.#open && this.#filled === this.#body.length) frames.push(this.#close(this.#open));
    }
    return frames;
  }

  #fill(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#body, this.#filled, at);
    this.#filled += copied;
    return copied;
  }

  #close(headers: Map<string, string>): EslFrame {
    const frame = { headers, body: this.#body };
    this.#open = null;
    this.#body = NOTHING;
    this.#filled = 0;
    return frame;
  }

  /** Takes header bytes up to the empty line that ends it; returns where to go on. */
  #readHeader(chunk: Buffer, start: number): number {
    let at = start;
    // FreeSWITCH and its imitators end some bodies with line feeds that no length counts.
    if (this.#headerBytes === 0) while (at < chunk.length && chunk[at] === LF) at += 1;
    const from = at;
    while (at < chunk.length) {
      const end = chunk.indexOf(LF, at);
      if (end < 0) {
        this.#endedWithLf = false;
        at = chunk.length;
        break;
      }
      const isEmptyLine = end === at && (at > from || this.#endedWithLf);
      at = end + 1;
      this.#endedWithLf = true;
      if (isEmptyLine) {
        this.#keep(chunk.subarray(from, at));
        this.#begin();
        return at;
      }
    }
    this.#keep(chunk.subarray(from, at));
    return at;
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#headerBytes += part.length;
    if (this.#headerBytes > this.#limits.headerBytesMax) {
      throw new EslError(
        'bad-frame',
        `FreeSWITCH sent a header of more than ${this.#limits.headerBytesMax} bytes.`,
      );
    }
    this.#header.push(part);
  }

  #begin(): void {
    const headers = parseHeaders(Buffer.concat(this.#header).toString('utf8'));
    this.#header = [];
    this.#headerBytes = 0;
    this.#endedWithLf = false;
    const length = contentLength(headers);
    if (length > this.#limits.bodyBytesMax) {
      throw new EslError(
        'bad-frame',
        `FreeSWITCH announced a message of ${length} bytes, more than we take.`,
      );
    }
    this.#open = headers;
    this.#body = length === 0 ? NOTHING : Buffer.allocUnsafe(length);
  }
}

/** Values stay as they were sent: decoding `%` here is what made modesl crash on a caller's name. */
function parseHeaders(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return headers;
}

function contentLength(headers: ReadonlyMap<string, string>): number {
  const text = headers.get('content-length');
  if (text === undefined) return 0;
  if (!/^[0-9]{1,15}$/.test(text))
    throw new EslError('bad-frame', 'FreeSWITCH sent a Content-Length that is no number.');
  return Number(text);
}
