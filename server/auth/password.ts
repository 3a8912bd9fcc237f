import { hash, verify } from '@node-rs/argon2';
import { HttpProblem } from '../http-problem.ts';

/** OWASP's minimum for argon2id: 19 MiB, two passes; 73 ms here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each takes a thread of libuv's four and 19 MiB: more at a time would starve DNS and files. */
const AT_A_TIME = 2;
/** About two seconds of waiting; whoever comes later is told to try again. */
const WAITING_MAX = 50;
/** What nobody's password is compared with. Written down, so that the first stranger does not wait for it to be made. */
export const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$/HyErZbksklOCexqUpsNoA$+dvViAoIOWKzINo/bWexnUWf42T2EgqAF9U3qW7IpCk';

/** Hashes of passwords (argon2id), at most two at a time. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  async hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password, COST));
  }

  async matches(stored: string, password: string): Promise<boolean> {
    return this.#inTurn(() => verify(stored, password));
  }

  /** Takes as long as {@link matches} for somebody who does not exist, so that time tells nothing. Always false. */
  async matchesNobody(password: string): Promise<false> {
    await this.matches(DECOY, password);
    return false;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_A_TIME) {
      if (this.#waiting.length >= WAITING_MAX) {
        throw new HttpProblem(503, 'busy', {
          message: 'Too many people sign in at this moment; try again in a few seconds.',
        });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
