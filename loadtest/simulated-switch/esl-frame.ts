/** A command of a client: its first line, its headers, and the body if Content-Length announced one. */
export interface EslCommand {
  readonly line: string;
  /** As they were written, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
}

/** The first header of that name, whatever its case. */
export function headerOf(headers: EslCommand['headers'], name: string): string | undefined {
  return headers.find(([header]) => header.toLowerCase() === name)?.[1];
}

/** FreeSWITCH drops a client whose command grows beyond this (mod_event_socket: 10 MB). */
const COMMAND_BYTES_MAX = 10_485_760;

/** Cuts what a client sends into commands: a blank line ends one, blank lines between them are ignored. */
export class EslFramer {
  #buffer: Buffer = Buffer.alloc(0);

  /** The commands that are complete now. Throws when one grows beyond all bounds. */
  push(chunk: Buffer): EslCommand[] {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    if (this.#buffer.length > COMMAND_BYTES_MAX) throw new Error('An ESL command is longer than 10 MB.');
    const commands: EslCommand[] = [];
    for (;;) {
      const command = this.#next();
      if (command === null) return commands;
      commands.push(command);
    }
  }

  #next(): EslCommand | null {
    let start = 0;
    while (this.#buffer[start] === 10 || this.#buffer[start] === 13) start += 1;
    if (start > 0) this.#buffer = this.#buffer.subarray(start);
    const end = this.#endOfHead();
    if (end === null) return null;
    const head = this.#buffer.toString('utf8', 0, end.at).split(/\r*\n|\r+$/u);
    const [line = '', ...rest] = head;
    const headers = rest.flatMap((header) => {
      const colon = header.indexOf(':');
      return colon > 0 ? [[header.slice(0, colon), header.slice(colon + 1).trimStart()] as const] : [];
    });
    const length = Number.parseInt(headerOf(headers, 'content-length') ?? '0', 10) || 0;
    if (this.#buffer.length < end.next + length) return null;
    const body = length > 0 ? this.#buffer.toString('utf8', end.next, end.next + length) : null;
    this.#buffer = this.#buffer.subarray(end.next + length);
    return { line, headers, body };
  }

  #endOfHead(): { readonly at: number; readonly next: number } | null {
    let newlines = 0;
    let at = 0;
    for (let i = 0; i < this.#buffer.length; i += 1) {
      const byte = this.#buffer[i];
      if (byte === 10) {
        if (newlines === 0) at = i;
        newlines += 1;
        if (newlines === 2) return { at, next: i + 1 };
      } else if (byte !== 13) {
        newlines = 0;
      }
    }
    return null;
  }
}

export const AUTH_REQUEST = 'Content-Type: auth/request\n\n';

const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';
export const DISCONNECT_NOTICE = `Content-Type: text/disconnect-notice\nContent-Length: ${GOODBYE.length}\n\n${GOODBYE}`;

/** `command/reply`; `more` are further header lines. */
export function commandReply(text: string, more: readonly string[] = []): string {
  const lines = ['Content-Type: command/reply', `Reply-Text: ${text}`, ...more];
  return `${lines.join('\n')}\n\n`;
}

export function apiResponse(text: string): string {
  const body = text === '' ? '-ERR no reply\n' : text;
  return `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(body)}\n\n${body}`;
}

/** Content-Length stands first here, unlike in an api/response. */
export function eventFrame(body: string, format: 'json' | 'plain'): string {
  return `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: text/event-${format}\n\n${body}`;
}
