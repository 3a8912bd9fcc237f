import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { CarrierCall } from '../../loadtest/simulated-switch/carrier-journal.ts';
import { EslClient } from '../../loadtest/simulated-switch/esl-client.fixture.ts';
import { readSwitchState, stateFileIn } from '../../loadtest/simulated-switch/switch-state.ts';

const ROOT = path.join(import.meta.dirname, '../..');
/** People who answer soon and talk for long, so that an agent's first call comes within seconds and stays. */
const SCENARIO = path.join(import.meta.dirname, 'scenario.json');
const ADDRESS = /Ringline runs at (http:\/\/\S+)/;
/** The first start makes a database and the people of the demo. */
const START_MS_MAX = 90_000;
const END_MS_MAX = 20_000;

export const DEMO_PASSWORD = 'ringline-demo';

/** Ours without what the test runner has put into it. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|DATABASE_URL|FREESWITCH_URL)/.test(name),
  );
  return Object.fromEntries(kept);
}

/** The whole product with its demo, as `npm start` runs it, on a free port and in a folder of its own. */
export class RunningProduct {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'ringline-e2e-'));
  #process: ChildProcess | null = null;
  #address = '';

  get address(): string {
    return this.#address;
  }

  /** Resolves when pages can be opened. Again after {@link stop}: on the same port, with what was stored. */
  async start(): Promise<void> {
    const port = this.#address === '' ? '0' : new URL(this.#address).port;
    const child = spawn(process.execPath, ['server/cli.ts', 'serve'], {
      cwd: ROOT,
      env: {
        ...environment(),
        RINGLINE_DATA: this.#folder,
        RINGLINE_SCENARIO: SCENARIO,
        PORT: port,
        RINGLINE_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#address = await addressOf(child);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child?.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      const tooLong = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX);
      child.once('exit', () => {
        clearTimeout(tooLong);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  /** Tells the simulated switch something, such as what an agent's phone does by itself. */
  async tellSwitch(command: string): Promise<void> {
    const answer = await this.#askSwitch(command);
    if (!answer.startsWith('+OK')) throw new Error(`The simulated switch said ${answer}`);
  }

  /** Hangs up all customers who are in a talk, as they might do themselves. */
  async endTalks(): Promise<void> {
    const { calls } = JSON.parse(await this.#askSwitch('ringline_carrier journal')) as {
      calls: readonly Pick<CarrierCall, 'channelUuid' | 'bridgedAt' | 'endedAt'>[];
    };
    for (const { channelUuid, bridgedAt, endedAt } of calls) {
      if (bridgedAt !== null && endedAt === null) await this.#askSwitch(`uuid_kill ${channelUuid}`);
    }
  }

  async #askSwitch(command: string): Promise<string> {
    const state = readSwitchState(stateFileIn(path.join(this.#folder, 'switch')));
    if (state === null) throw new Error('The simulated switch does not run.');
    const client = await EslClient.open(state.port, state.password);
    try {
      return await client.api(command);
    } finally {
      client.end();
    }
  }

  forget(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const tooLong = setTimeout(
      () => reject(new Error(`The product did not start in time:\n${said}`)),
      START_MS_MAX,
    );
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = ADDRESS.exec(said)?.[1];
      if (address === undefined) return;
      clearTimeout(tooLong);
      resolve(address);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', (code) => {
      clearTimeout(tooLong);
      reject(new Error(`The product ended with code ${String(code)}:\n${said}`));
    });
  });
}

/** One product for all tests of a file. The console is built first where its sources have changed. */
export function useRunningProduct(): RunningProduct {
  const product = new RunningProduct();
  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/bootstrap.mjs', 'build'], {
      cwd: ROOT,
      env: environment(),
      stdio: 'pipe',
    });
    await product.start();
  }, START_MS_MAX * 2);
  afterAll(async () => {
    await product.stop();
    product.forget();
  }, END_MS_MAX * 2);
  return product;
}
