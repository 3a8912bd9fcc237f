import type { Random } from '../../kernel/random.ts';
import type { Scenario } from '../scenario.schema.ts';
import { Carrier } from './carrier.ts';
import { CarrierJournal } from './carrier-journal.ts';
import { SwitchCore, type EventSink } from './core.ts';
import { bridgeApplication } from './bridge-application.ts';
import { askDirectory } from './directory-commands.ts';
import { endpointsOf } from './endpoints.ts';
import { headerOf, type EslCommand } from './esl-frame.ts';
import type { BackgroundJob, ListenerHost } from './esl-listener.ts';
import { EslServer } from './esl-server.ts';
import { noFaults } from './faults.ts';
import { emitHeartbeat, INFO_COMMANDS } from './info-commands.ts';
import { originateLeg } from './leg-setup.ts';
import { parseOriginate } from './originate-string.ts';
import { Phones, type PhoneBehaviour } from './phones.ts';
import { planFaults } from './scenario-faults.ts';
import { Schedule } from './schedule-commands.ts';
import { steer, type Steering } from './steering-commands.ts';
import type { EventHeaders } from './switch-event.ts';
import type { SwitchTime, SwitchTimer } from './switch-time.ts';
import { UUID_COMMANDS } from './uuid-commands.ts';

const HEARTBEAT_MS = 20_000;
const ORIGINATE_USAGE =
  '-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]\n';

export interface SimulatedSwitchOptions {
  readonly time: SwitchTime;
  readonly random: Random;
  readonly password: string;
  readonly scenario: Scenario;
  readonly seed: number;
  readonly phones?: PhoneBehaviour;
  /** It stops by itself after so long without any client. */
  readonly lonelyAfterMs: number;
  readonly setClockOffset: (offsetMs: number) => void;
  /** It has come to its end: nobody was connected for too long, or it was told so. */
  readonly onEnd: (why: string) => void;
}

export interface SimulatedSwitch {
  readonly core: SwitchCore;
  readonly carrier: Carrier;
  readonly phones: Phones;
  /** The event socket's clients, as the place where events go. */
  readonly events: EventSink;
  /** Opens the event socket on 127.0.0.1 and resolves to its port. */
  listen(port: number): Promise<number>;
  close(): Promise<void>;
  /** Runs an api command without a socket. */
  api(command: string): Promise<string>;
}

/** Puts a whole switch together: event socket, channels, carrier, phones. */
export function simulatedSwitch(options: SimulatedSwitchOptions): SimulatedSwitch {
  const { time, random, scenario, seed } = options;
  const core = new SwitchCore(time, random);
  const faults = noFaults();
  const phones = new Phones(time, options.phones);
  const carrier = new Carrier({ time, scenario, seed, journal: new CarrierJournal() });
  const reach = endpointsOf(carrier, phones);
  const refused = (): string | null => refusalOf(faults);
  core.dialBridge = bridgeApplication(core, reach, refused);

  const host: ListenerHost = {
    time,
    random,
    faults,
    password: options.password,
    newUuid: () => core.newUuid(),
    jobDone: (job, result) => emitJob(core, job, result),
    sendEvent: (name, command, uuid) => sendEvent(core, name, { command, uuid }),
    runApi,
  };
  const server = new EslServer(host, lonelinessOf(time, options));
  core.sendEventsTo(server);
  const schedule = new Schedule(core, (command, argument) => runApi(command, argument, () => undefined));
  const steering = steeringOf({ options, core, server, carrier, phones, faults });

  function runApi(command: string, argument: string, done: (result: string) => void): void {
    const steered = steer(steering, command, argument);
    if (steered !== null) {
      done(steered);
      return;
    }
    core.emit('API', {
      'API-Command': command,
      ...(argument === '' ? {} : { 'API-Command-Argument': argument }),
    });
    if (command === 'originate') originate(argument, done);
    else done(answerTo(command, argument));
  }

  function answerTo(command: string, argument: string): string {
    const run = UUID_COMMANDS[command] ?? INFO_COMMANDS[command];
    const answer =
      run?.(core, argument) ??
      schedule.run(command, argument) ??
      askDirectory({ phones, carrier }, command, argument);
    return answer ?? `-ERR ${command} Command not found!\n`;
  }

  function originate(argument: string, done: (result: string) => void): void {
    const cause = refused();
    if (cause !== null) {
      done(`-ERR ${cause}\n`);
      return;
    }
    const request = parseOriginate(argument);
    if (request === null) done(ORIGINATE_USAGE);
    else originateLeg(core, reach, { request, done });
  }

  startHeartbeat(core);
  planFaults(scenario, { time, faults, restart: (forMs) => steering.restart(forMs) });
  return {
    core,
    carrier,
    phones,
    events: server,
    listen: (port) => server.listen(port),
    close: () => server.close(),
    api: (line) =>
      new Promise((resolve) => {
        const blank = line.indexOf(' ');
        runApi(blank < 0 ? line : line.slice(0, blank), blank < 0 ? '' : line.slice(blank + 1), resolve);
      }),
  };
}

/** The cause with which the next call is refused by the switch itself, while that is asked for. */
function refusalOf({ refuseOriginates }: Steering['faults']): string | null {
  if (refuseOriginates.left === 0) return null;
  refuseOriginates.left -= 1;
  return refuseOriginates.cause;
}

function emitJob(core: SwitchCore, job: BackgroundJob, result: string): void {
  const headers: EventHeaders = { 'Job-UUID': job.uuid, 'Job-Command': job.command };
  if (job.argument !== '') headers['Job-Command-Arg'] = job.argument;
  core.emit('BACKGROUND_JOB', headers, { body: result, from: ['mod_event_socket.c', 'api_exec'] });
}

function startHeartbeat(core: SwitchCore): void {
  core.time.after(HEARTBEAT_MS, () => {
    emitHeartbeat(core);
    startHeartbeat(core);
  });
}

/** Counts the time without any client; the clock of it starts with the switch itself. */
function lonelinessOf(time: SwitchTime, options: SimulatedSwitchOptions): (clients: number) => void {
  let lonely: SwitchTimer | null = null;
  const arm = (): void => {
    lonely = time.after(options.lonelyAfterMs, () => options.onEnd('no client was connected for too long'));
  };
  arm();
  return (clients) => {
    lonely?.cancel();
    if (clients === 0) arm();
  };
}

interface Parts {
  readonly options: SimulatedSwitchOptions;
  readonly core: SwitchCore;
  readonly server: EslServer;
  readonly carrier: Carrier;
  readonly phones: Phones;
  readonly faults: Steering['faults'];
}

function steeringOf({ options, core, server, carrier, phones, faults }: Parts): Steering {
  // The answer to the command goes out before its connection is cut.
  const away = (forMs: number, meanwhile: () => void): void => {
    options.time.after(1, () => {
      meanwhile();
      void server.close();
      options.time.after(forMs, () => void server.listen(0));
    });
  };
  return {
    carrier,
    phones,
    faults,
    setClockOffset: options.setClockOffset,
    closeListeners: (forMs) => away(forMs, () => undefined),
    restart: (forMs) => away(forMs, () => crash(core)),
    stop: () => options.time.after(1, () => options.onEnd('it was told to')),
  };
}

/** Every call is gone, nobody hears of it on the event socket; at the far ends the lines go dead. */
function crash(core: SwitchCore): void {
  for (const channel of core.channels.values()) {
    for (const timer of channel.timers) timer.cancel();
    channel.hangupCause = 'CRASH';
    channel.activity = null;
    channel.originated = null;
    if (channel.times.answered > 0) channel.far.bye();
    else channel.far.cancel();
  }
  core.channels.clear();
  core.coreUuid = core.newUuid();
  core.startedAtMicros = core.time.nowMicros();
  core.sessionsSinceStart = 0;
}

/** The headers of the client stand first, then FreeSWITCH's own. */
function sendEvent(core: SwitchCore, name: string, sent: { command: EslCommand; uuid: string }): void {
  const { command, uuid } = sent;
  const subclass = headerOf(command.headers, 'event-subclass');
  const headers: EventHeaders = subclass === undefined ? {} : { 'Event-Subclass': subclass };
  headers['Command'] = command.line;
  for (const [header, value] of command.headers) {
    if (!['content-length', 'event-subclass'].includes(header.toLowerCase())) headers[header] = value;
  }
  headers['Event-UUID'] = uuid;
  const base = core.baseHeaders(name, ['mod_event_socket.c', 'parse_command']);
  core.publish({ name, subclass: subclass ?? null, headers: { ...headers, ...base }, body: command.body });
}
