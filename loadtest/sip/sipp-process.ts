import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processCpuMs } from './process-cpu.ts';
import { ToolMissing } from './tool-missing.ts';

/** It finishes the calls that are up first. */
const STOP_MS_MAX = 5_000;

export interface SippOptions {
  /** Names the files, for people who look at them. */
  readonly name: string;
  readonly scenarioXml: string;
  readonly ip: string;
  readonly port: number;
  /** More arguments, as on the command line. */
  readonly arguments?: readonly string[];
  /** More files in its folder; `[folder]` in arguments and the scenario stands for that folder. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
}

/** One SIPp with a scenario. */
export interface SippProcess {
  /** host:port */
  readonly address: string;
  readonly folder: string;
  /** Lines that the scenario wrote with <log>. */
  journal(): readonly string[];
  /** What went wrong by its own account: unexpected messages, timeouts. Empty when all went by the scenario. */
  errors(): string;
  cpuMs(): number;
  /** Resolves with the exit code of a SIPp that ends by itself (0: every call went by the scenario). */
  readonly exited: Promise<number | null>;
  stop(options?: { readonly keepFolder: boolean }): Promise<void>;
}

/** Starts SIPp and resolves when it listens. */
export async function startSipp(options: SippOptions): Promise<SippProcess> {
  const folder = mkdtempSync(join(tmpdir(), `ringline-sipp-${options.name}-`));
  const inFolder = (text: string): string => text.replaceAll('[folder]', folder);
  writeFileSync(join(folder, 'scenario.xml'), inFolder(options.scenarioXml));
  for (const [name, content] of Object.entries(options.files ?? {}))
    writeFileSync(join(folder, name), content);
  const output = openSync(join(folder, 'output.log'), 'a');
  const child = spawn(
    'sipp',
    [
      ...['-sf', 'scenario.xml', '-i', options.ip, '-mi', options.ip, '-p', String(options.port), '-nostdin'],
      ...['-trace_logs', '-log_file', 'journal.log', '-trace_err', '-error_file', 'errors.log'],
      ...['-max_socket', '50000', ...(options.arguments ?? []).map(inFolder)],
    ],
    { cwd: folder, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  await once(child, 'spawn').catch((error: unknown) => {
    throw new ToolMissing('sipp', error);
  });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  void exited.finally(() => process.removeListener('exit', killWithUs));
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const textOf = (name: string): string =>
    existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '';
  const { pid } = child;
  if (pid === undefined) throw new Error('SIPp could not be started.');
  while (isRunning() && !isListening(options)) await sleep(20);
  // One that ends by itself may have done all its work by now; one that could not start has said why in its output.
  if (child.exitCode !== null && child.exitCode > 1)
    throw new Error(`SIPp ended with ${child.exitCode}:\n${textOf('output.log').slice(-2000)}`);
  return {
    address: `${options.ip}:${options.port}`,
    folder,
    journal: () =>
      textOf('journal.log')
        .split('\n')
        .filter((line) => line !== ''),
    errors: () => textOf('errors.log'),
    cpuMs: () => processCpuMs(pid),
    exited,
    async stop({ keepFolder } = { keepFolder: false }) {
      if (isRunning()) {
        child.kill('SIGUSR1');
        await Promise.race([exited, sleep(STOP_MS_MAX, undefined, { ref: false })]);
        if (isRunning()) child.kill('SIGKILL');
        await exited;
      }
      if (!keepFolder) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Linux lists bound UDP sockets with address and port in hexadecimal, the address in the byte order of the machine. */
function isListening({ ip, port }: { readonly ip: string; readonly port: number }): boolean {
  const address = ip
    .split('.')
    .reverse()
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
  const wanted = `${address}:${port.toString(16).padStart(4, '0').toUpperCase()}`;
  return readFileSync('/proc/net/udp', 'latin1').includes(wanted);
}
