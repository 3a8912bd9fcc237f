import { connect } from 'node:net';
import type { SwitchState } from './switch-state.ts';

/** A switch that has accepted a connection but says nothing for so long is in trouble. */
const SILENCE_MS = 10_000;

/**
 * Whether the switch of `state` is there: it accepts the connection and the password. `command` is an api command to give
 * it on that occasion. Rejects when it accepts the connection and then stays silent.
 */
export function isSwitchThere(state: SwitchState, command?: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: state.port });
    let heard = '';
    let step = 0;
    const lines = [`auth ${state.password}`, ...(command === undefined ? [] : [`api ${command}`]), 'exit'];
    const done = (isThere: boolean): void => {
      resolve(isThere);
      socket.destroy();
    };
    socket.setTimeout(SILENCE_MS, () => {
      reject(
        new Error(`The simulated switch (process ${state.pid}) accepts connections but does not answer.`),
      );
      socket.destroy();
    });
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      // One answer per command, and only the last one of them is `+OK bye`.
      const isAnswer = /auth\/request|accepted|api\/response/u.test(heard);
      if (heard.includes('-ERR invalid')) done(false);
      else if (heard.includes('+OK bye')) done(true);
      else if (isAnswer) {
        heard = '';
        const line = lines[step];
        step += 1;
        if (line !== undefined) socket.write(`${line}\n\n`);
      }
    });
  });
}
