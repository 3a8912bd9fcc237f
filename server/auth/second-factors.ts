import { createHash, randomBytes } from 'node:crypto';
import type { OrganizationDatabase, Query } from '../../kernel/database.ts';
import type { OrganizationId, UserId } from '../../kernel/ids.ts';
import type { Clock } from '../../kernel/time.ts';
import type { HttpLog } from '../http-log.ts';
import { HttpProblem, conflict, wrongInput } from '../http-problem.ts';
import { SecretUnreadable, type SecretKeys } from '../secret-keys.ts';
import { oneTimePassword } from './one-time-password.ts';
import {
  clearFactorDuty,
  deleteFactor,
  lockFactor,
  putUnconfirmed,
  replaceRecoveryCodes,
  storeRightCode,
  storeWrongCode,
  useRecoveryCode,
  type FactorRow,
} from './second-factor.store.ts';
import {
  afterWrong,
  factorOwner,
  isAppCode,
  isLocked,
  judgeCode,
  newSecret,
  plainRecoveryCode,
} from './second-factor.ts';

const RECOVERY_CODES = 10;
/** Of the four groups of a one-time password three are enough: 59 bits. */
const RECOVERY_LENGTH = 14;

export interface FactorOwner {
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly database: OrganizationDatabase;
}

const hashOf = (code: string): string => createHash('sha256').update(plainRecoveryCode(code)).digest('hex');

/** Codes of an authenticator app (TOTP, RFC 6238) and those that stand in for a lost one. */
export class SecondFactors {
  readonly #clock: Clock;
  readonly #keys: SecretKeys;
  readonly #log: HttpLog;

  constructor({ clock, keys, log }: { clock: Clock; keys: SecretKeys; log: HttpLog }) {
    this.#clock = clock;
    this.#keys = keys;
    this.#log = log;
  }

  /** Returns the secret for the app; it counts once {@link confirm} has seen a code of it. */
  async begin({ database, userId, organizationId }: FactorOwner): Promise<string> {
    const secret = newSecret((count) => Uint8Array.from(randomBytes(count)));
    const createdAt = this.#clock.now();
    const sealed = this.#keys.seal(secret, factorOwner(userId));
    if (!(await putUnconfirmed(database.query, { organizationId, userId, sealed, createdAt }))) {
      throw conflict('second-factor-on', 'You have a second factor already; remove it first.');
    }
    return secret;
  }

  /** From now on it is asked for at each sign-in. Returns the recovery codes, which are stored as hashes only. */
  async confirm(owner: FactorOwner, code: string): Promise<readonly string[]> {
    return this.#inTx(owner, async (query) => {
      const factor = await lockFactor(query, owner.userId);
      if (!factor || factor.isConfirmed) throw noneBegun();
      if (!(await this.#isRightAppCode(query, { owner, factor, code }))) return null;
      await clearFactorDuty(query, owner.userId);
      return this.#newRecoveryCodes(query, owner);
    });
  }

  /** @throws HttpProblem for a code that opens nothing. */
  async check(owner: FactorOwner, code: string): Promise<void> {
    await this.#inTx(owner, async (query) => ((await this.#opens(query, owner, code)) ? true : null));
  }

  /** The old ones end. */
  async renewRecoveryCodes(owner: FactorOwner, code: string): Promise<readonly string[]> {
    return this.#inTx(owner, async (query) =>
      (await this.#opens(query, owner, code)) ? this.#newRecoveryCodes(query, owner) : null,
    );
  }

  async remove(owner: FactorOwner, code: string): Promise<void> {
    await this.#inTx(owner, async (query) =>
      (await this.#opens(query, owner, code)) ? deleteFactor(query, owner.userId) : null,
    );
  }

  /** Null stands for a wrong code: it must be stored that it was wrong, so nothing is thrown before the commit. */
  async #inTx<T>({ database }: FactorOwner, work: (query: Query) => Promise<T | null>): Promise<T> {
    const result = await database.tx(work);
    if (result === null)
      throw wrongInput('code', 'This code is wrong or was used before; wait for the next.');
    return result;
  }

  async #opens(query: Query, owner: FactorOwner, code: string): Promise<boolean> {
    const factor = await lockFactor(query, owner.userId);
    if (!factor?.isConfirmed) throw noneBegun();
    if (isAppCode(code)) return this.#isRightAppCode(query, { owner, factor, code });
    const { userId } = owner;
    const now = this.#clock.now();
    if (isLocked(factor, now)) throw locked();
    if (await useRecoveryCode(query, { userId, hash: hashOf(code), now })) return true;
    const judged = afterWrong(factor, now);
    if (judged.is === 'wrong') await storeWrongCode(query, { userId, ...judged });
    return false;
  }

  async #isRightAppCode(
    query: Query,
    { owner: { userId }, factor, code }: { owner: FactorOwner; factor: FactorRow; code: string },
  ): Promise<boolean> {
    const now = this.#clock.now();
    const judged = judgeCode({ ...factor, secret: this.#secretOf(userId, factor) }, code, now);
    switch (judged.is) {
      case 'right':
        await storeRightCode(query, { userId, step: judged.step, now });
        return true;
      case 'wrong':
        await storeWrongCode(query, { userId, ...judged });
        return false;
      case 'locked':
        throw locked();
    }
  }

  /** A node whose key is another one says so, to the person and in the log; his recovery codes still open. */
  #secretOf(userId: UserId, { sealed }: FactorRow): string {
    try {
      return this.#keys.open(sealed, factorOwner(userId));
    } catch (error) {
      if (!(error instanceof SecretUnreadable)) throw error;
      this.#log.error({ err: error, userId }, 'second factor cannot be read');
      throw new HttpProblem(503, 'second-factor-unreadable', {
        message:
          'The server cannot read your second factor, so that no code of your app is checked; sign in with a recovery code and tell your administrator.',
      });
    }
  }

  async #newRecoveryCodes(query: Query, { organizationId, userId }: FactorOwner): Promise<readonly string[]> {
    const byte = (): number => randomBytes(1)[0] ?? 0;
    const codes = Array.from({ length: RECOVERY_CODES }, () =>
      oneTimePassword(byte).slice(0, RECOVERY_LENGTH),
    );
    await replaceRecoveryCodes(query, { organizationId, userId, hashes: codes.map(hashOf) });
    return codes;
  }
}

const noneBegun = (): HttpProblem =>
  conflict('no-second-factor', 'There is no second factor to do this with; add one first.');

const locked = (): HttpProblem =>
  new HttpProblem(429, 'code-locked', {
    message: 'There were too many wrong codes; wait five minutes and try again.',
  });
