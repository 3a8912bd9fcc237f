import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { SwitchAddress } from './switch-address.ts';

/** A command as it came over the wire. */
export interface WireCommand {
  readonly line: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the script answers: text, or null for no answer at all. `api` and `bgapi` are framed as FreeSWITCH does. */
export type Answer = string | { readonly refused: string } | null;

export interface ScriptedPeer {
  readonly commands: readonly WireCommand[];
  /** Data events of the socket: how many segments the commands came in. */
  readonly segments: number;
  write(bytes: string | Buffer): void;
  event(headers: Readonly<Record<string, unknown>>): void;
  /** FIN. */
  end(): void;
  /** RST. */
  reset(): void;
  readonly closed: Promise<unknown>;
}

export interface ScriptedSwitch {
  readonly address: SwitchAddress;
  readonly peers: readonly ScriptedPeer[];
  /** Everything that was ever asked, over all connections. */
  readonly commands: readonly WireCommand[];
  peer(index?: number): Promise<ScriptedPeer>;
  /** The next command that begins so, now or later; it is handed out once. */
  command(start: string): Promise<WireCommand>;
  close(): Promise<void>;
}

export interface Script {
  readonly password?: string;
  /** Written on connection instead of the request for a password. */
  readonly greeting?: string | null;
  readonly answer?: (command: WireCommand, peer: ScriptedPeer) => Answer | undefined;
}

export function frame(headers: Readonly<Record<string, string>>, body = ''): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`);
  const length = bytes.length > 0 ? [`Content-Length: ${bytes.length}\n`] : [];
  return Buffer.concat([Buffer.from([...lines, ...length, '\n'].join('')), bytes]);
}

export const eventFrame = (headers: Readonly<Record<string, unknown>>): Buffer =>
  frame({ 'Content-Type': 'text/event-json' }, JSON.stringify(headers));

/** A TCP server that speaks the event-socket protocol and does what a test says. */
export async function startScriptedSwitch(script: Script = {}): Promise<ScriptedSwitch> {
  const password = script.password ?? 'secret';
  const peers: ScriptedPeer[] = [];
  const commands: WireCommand[] = [];
  const unclaimed: WireCommand[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of [...waiting]) look();
  };
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  const server: Server = createServer((socket) => {
    peers.push(
      speak(socket, { ...script, password }, (command) => {
        commands.push(command);
        unclaimed.push(command);
        wake();
      }),
    );
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port, password: 'secret' },
    peers,
    commands,
    peer: (index = 0) => until(() => peers[index]),
    command: (start) =>
      until(() => {
        const index = unclaimed.findIndex(({ line }) => line.startsWith(start));
        return index < 0 ? undefined : unclaimed.splice(index, 1)[0];
      }),
    async close() {
      for (const peer of peers) peer.reset();
      server.close();
      await once(server, 'close');
    },
  };
}

function speak(
  socket: Socket,
  script: Script & { readonly password: string },
  onCommand: (command: WireCommand) => void,
): ScriptedPeer {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  const commands: WireCommand[] = [];
  const state = { segments: 0 };
  const peer: ScriptedPeer = {
    commands,
    get segments() {
      return state.segments;
    },
    write: (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    event: (headers) => peer.write(eventFrame(headers)),
    end: () => socket.end(),
    reset: () => socket.resetAndDestroy(),
    closed: once(socket, 'close'),
  };
  if (script.greeting === undefined) peer.write('Content-Type: auth/request\n\n');
  else if (script.greeting !== null) peer.write(script.greeting);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    state.segments += 1;
    text += chunk.toString('utf8');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const command = parseCommand(text.slice(0, end));
      text = text.slice(end + 2);
      commands.push(command);
      reply(command, peer, script);
      onCommand(command);
    }
  });
  return peer;
}

function parseCommand(text: string): WireCommand {
  const [line = '', ...rest] = text.split('\n');
  const headers = rest.map((header): [string, string] => {
    const colon = header.indexOf(':');
    return [header.slice(0, colon), header.slice(colon + 1).trim()];
  });
  return { line, headers: Object.fromEntries(headers) };
}

function reply(
  command: WireCommand,
  peer: ScriptedPeer,
  script: Script & { readonly password: string },
): void {
  const scripted = script.answer?.(command, peer);
  if (scripted === null) return;
  if (typeof scripted === 'object') {
    peer.write(frame({ 'Content-Type': 'command/reply', 'Reply-Text': scripted.refused }));
    return;
  }
  if (command.line.startsWith('auth ')) {
    const isRight = command.line === `auth ${script.password}`;
    peer.write(
      frame({ 'Content-Type': 'command/reply', 'Reply-Text': isRight ? '+OK accepted' : '-ERR invalid' }),
    );
    if (!isRight) {
      peer.write(frame({ 'Content-Type': 'text/disconnect-notice' }, 'Disconnected, goodbye.\n'));
      peer.end();
    }
  } else if (command.line.startsWith('api ')) {
    peer.write(frame({ 'Content-Type': 'api/response' }, scripted ?? '+OK\n'));
  } else if (command.line.startsWith('bgapi ')) {
    const jobId = command.headers['Job-UUID'] ?? '';
    peer.write(
      frame({ 'Content-Type': 'command/reply', 'Reply-Text': `+OK Job-UUID: ${jobId}`, 'Job-UUID': jobId }),
    );
    if (scripted !== undefined)
      peer.event({ 'Event-Name': 'BACKGROUND_JOB', 'Job-UUID': jobId, _body: scripted });
  } else {
    peer.write(frame({ 'Content-Type': 'command/reply', 'Reply-Text': scripted ?? '+OK' }));
  }
}
