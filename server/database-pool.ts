import { ConnectionLost } from '../kernel/database-error.ts';
import type { Session } from './database-session.ts';

/** What tells one kind of connection from another: startup parameters cannot be changed later. */
export interface SessionKind {
  readonly key: string;
  /** Null: no organization; row-level security then shows nothing. */
  readonly organizationId: string | null;
  readonly statementTimeoutMs: number;
}

export interface PoolSettings {
  /** Bound over all organizations together. */
  readonly connectionsMax: number;
  readonly idleMs: number;
  /** How long a caller waits for a free connection. */
  readonly acquireTimeoutMs: number;
}

interface Waiter {
  readonly kind: SessionKind;
  readonly give: (session: Session) => void;
  readonly fail: (why: ConnectionLost) => void;
  readonly timer: NodeJS.Timeout;
}

interface Idle {
  readonly kind: SessionKind;
  readonly session: Session;
  readonly timer: NodeJS.Timeout;
}

/** Lends connections, first come first served; an organization that needs one takes an idle one's place. */
export class SessionPool {
  private readonly settings: PoolSettings;
  private readonly open: (kind: SessionKind) => Promise<Session>;
  private readonly waiters: Waiter[] = [];
  /** The longest idle first. */
  private idle: Idle[] = [];
  private readonly all = new Set<Session>();
  private opening = 0;
  private isServing = false;
  private isClosed = false;

  constructor(settings: PoolSettings, open: (kind: SessionKind) => Promise<Session>) {
    this.settings = settings;
    this.open = open;
  }

  acquire(kind: SessionKind): Promise<Session> {
    if (this.isClosed) return Promise.reject(unavailable('The database connections are closed'));
    return new Promise((give, fail) => {
      const timer = setTimeout(() => {
        this.forget(waiter);
        const ms = this.settings.acquireTimeoutMs;
        fail(unavailable(`All ${this.settings.connectionsMax} database connections were busy for ${ms} ms`));
      }, this.settings.acquireTimeoutMs);
      const waiter: Waiter = { kind, give, fail, timer };
      this.waiters.push(waiter);
      this.serve();
    });
  }

  release(kind: SessionKind, session: Session): void {
    if (session.lost === null) {
      if (this.isClosed) session.destroy();
      else {
        const timer = setTimeout(() => session.destroy(), this.settings.idleMs);
        timer.unref();
        this.idle.push({ kind, session, timer });
      }
    }
    this.serve();
  }

  /** Lends nothing more; connections in use end when they are given back, at the latest after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.isClosed = true;
    for (const waiter of this.waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.fail(unavailable('The database connections are closed'));
    }
    for (const { session } of [...this.idle]) session.destroy();
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => {
        for (const session of [...this.all]) session.destroy();
      }, graceMs);
      const check = (): void => {
        if (this.all.size > 0) return;
        clearTimeout(force);
        resolve();
      };
      for (const session of this.all) session.onLost(check);
      check();
    });
  }

  private forget(waiter: Waiter): void {
    const at = this.waiters.indexOf(waiter);
    if (at !== -1) this.waiters.splice(at, 1);
  }

  /** Serves waiters from the front as long as there is something to give. */
  private serve(): void {
    // Making room drops a connection, which asks to serve again: the loop below is doing so already.
    if (this.isServing) return;
    this.isServing = true;
    try {
      this.serveInOrder();
    } finally {
      this.isServing = false;
    }
  }

  private serveInOrder(): void {
    for (let waiter = this.waiters[0]; waiter !== undefined; waiter = this.waiters[0]) {
      const session = this.takeIdle(waiter.kind.key);
      if (session === null && !this.makeRoom()) return;
      this.waiters.shift();
      clearTimeout(waiter.timer);
      if (session === null) this.openFor(waiter);
      else waiter.give(session);
    }
  }

  private takeIdle(key: string): Session | null {
    const at = this.idle.findLastIndex((entry) => entry.kind.key === key);
    if (at === -1) return null;
    const [entry] = this.idle.splice(at, 1);
    clearTimeout(entry?.timer);
    return entry?.session ?? null;
  }

  private makeRoom(): boolean {
    if (this.all.size + this.opening < this.settings.connectionsMax) return true;
    const oldest = this.idle[0];
    if (oldest === undefined) return false;
    oldest.session.destroy();
    return true;
  }

  private openFor(waiter: Waiter): void {
    this.opening += 1;
    this.open(waiter.kind).then(
      (session) => {
        this.opening -= 1;
        this.all.add(session);
        session.onLost(() => this.drop(session));
        waiter.give(session);
      },
      (error: unknown) => {
        this.opening -= 1;
        waiter.fail(unavailable(error instanceof Error ? error.message : String(error), error));
        this.serve();
      },
    );
  }

  private drop(session: Session): void {
    this.all.delete(session);
    for (const entry of this.idle) if (entry.session === session) clearTimeout(entry.timer);
    this.idle = this.idle.filter((entry) => entry.session !== session);
    this.serve();
  }
}

function unavailable(message: string, cause?: unknown): ConnectionLost {
  return new ConnectionLost(message, { mayHaveHappened: false, cause });
}
