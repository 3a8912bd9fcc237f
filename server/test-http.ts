import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fastify } from 'fastify';
import { afterAll, beforeAll } from 'vitest';
import { WebSocket } from 'ws';
import type { AgentId, OrganizationId, PoolId, UserId } from '../kernel/ids.ts';
import type { Role } from '../kernel/roles.ts';
import { OpenSockets } from './auth/open-sockets.ts';
import { Passwords } from './auth/password.ts';
import { Sessions } from './auth/sessions.ts';
import { insertUser, putSeat } from './auth/user.store.ts';
import { systemClock } from './clock.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './http-server.ts';
import { DEFAULT_LIMITS, DEFAULT_LIVE, type HttpSettings } from './http-settings.ts';
import { IN_PROCESS_BYTES_MAX } from './import-files.ts';
import { insertPool } from './pool.store.ts';
import { PoolDirectory } from './pool-directory.ts';
import { SecretKeys, newSecretKey } from './secret-keys.ts';
import type { Me } from './api/session.schema.ts';
import { useTestDatabase, type TestDatabase } from './test-database.ts';

export const PASSWORD = 'correct horse battery';
/** All nodes of a test have the same. */
export const testKeys = new SecretKeys([newSecretKey()]);

const SETTINGS: Omit<HttpSettings, 'imports'> = {
  version: '0.0.0',
  consoleFolder: null,
  allowedOrigins: [],
  isBehindProxy: false,
  cdrSecret: 'cdr-secret',
  metricsToken: null,
  uploadBytesMax: 20_000_000,
  limits: { ...DEFAULT_LIMITS, signInsPerEmail: 1000, signInsPerAccount: 1000, signInsPerAddress: 1000 },
  live: { ...DEFAULT_LIVE, gapMs: 5, nodeGapMs: 5, retryMs: 20 },
};

/** Silent: what a test expects to fail need not be read. */
export const testLog = fastify({ logger: { level: 'silent' } }).log;

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
  readonly headers: Headers;
}

/** A user with a browser: his cookie, his token, the page's origin. */
export class TestUser {
  readonly userId: UserId;
  readonly email: string;
  readonly #address: string;
  cookie = '';
  csrfToken = '';

  constructor(address: string, user: { userId: UserId; email: string }) {
    this.#address = address;
    this.userId = user.userId;
    this.email = user.email;
  }

  get agentId(): AgentId {
    return this.userId as string as AgentId;
  }

  /** The same browser at another node. */
  at(address: string): TestUser {
    const user = new TestUser(address, this);
    user.cookie = this.cookie;
    user.csrfToken = this.csrfToken;
    return user;
  }

  async signIn(password = PASSWORD): Promise<Answer<Me>> {
    const answer = await this.send<Me>('POST', '/api/session', { email: this.email, password });
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0];
    if (answer.status === 200 && cookie !== undefined) {
      this.cookie = cookie;
      this.csrfToken = answer.body.csrfToken;
    }
    return answer;
  }

  get<Body>(path: string): Promise<Answer<Body>> {
    return this.send<Body>('GET', path);
  }

  async send<Body>(
    method: string,
    path: string,
    ...[body, headers = {}]: readonly [body?: unknown, headers?: Record<string, string>]
  ): Promise<Answer<Body>> {
    const response = await fetch(this.#address + path, {
      method,
      headers: {
        ...(this.cookie !== '' && { cookie: this.cookie }),
        ...(method !== 'GET' && { origin: this.#address, 'x-csrf-token': this.csrfToken }),
        ...(body !== undefined && !(body instanceof FormData) && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      body: (isJson ? JSON.parse(text) : text) as Body,
      headers: response.headers,
    };
  }

  socket<Message>(path: string): TestSocket<Message> {
    const url = this.#address.replace('http', 'ws') + path;
    return new TestSocket(
      new WebSocket(url, ['ringline', `csrf.${this.csrfToken}`], {
        headers: { cookie: this.cookie, origin: this.#address },
      }),
    );
  }
}

/** Reads a socket message by message. */
export class TestSocket<Message> {
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly received: Message[] = [];
  readonly #wake: (() => void)[] = [];
  #read = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = once(socket, 'close').then(([code, reason]) => ({
      code: code as number,
      reason: String(reason as Buffer),
    }));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      this.received.push(JSON.parse(data.toString()) as Message);
      for (const wake of this.#wake.splice(0)) wake();
    });
  }

  async next(): Promise<Message> {
    while (this.#read >= this.received.length) await new Promise<void>((resolve) => this.#wake.push(resolve));
    const message = this.received[this.#read];
    this.#read += 1;
    return message!;
  }

  /** Reads on until a message fits. */
  async until(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const message = await this.next();
      if (fits(message)) return message;
    }
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

export interface TestHttp {
  readonly database: TestDatabase;
  readonly pools: PoolDirectory;
  readonly server: HttpServer;
  readonly address: string;
  /** A user of the test's organization (or another), not signed in yet. */
  readonly addUser: (
    role: Role,
    options?: { organizationId?: OrganizationId; poolId?: PoolId },
  ) => Promise<TestUser>;
  /** A user who is signed in. */
  readonly signedIn: TestHttp['addUser'];
  readonly addPool: (organizationId?: OrganizationId) => Promise<PoolId>;
  /** Somebody without a session. */
  readonly stranger: () => TestUser;
  /** Another node on the same database. */
  readonly startNode: (change?: ChangeOptions) => Promise<Pick<TestHttp, 'server' | 'address' | 'pools'>>;
}

type ChangeOptions = Partial<Omit<HttpServerOptions, 'settings'>> & { settings?: Partial<HttpSettings> };

export function useTestHttp(change: ChangeOptions = {}): () => TestHttp {
  const testDatabase = useTestDatabase();
  const servers: HttpServer[] = [];
  let http: TestHttp | null = null;
  let uploadFolder = '';
  const uploads = (): string => (uploadFolder ||= mkdtempSync(path.join(tmpdir(), 'ringline-uploads-')));

  const startNode: TestHttp['startNode'] = async (extra = {}) => {
    const { database, newId } = testDatabase();
    const pools = new PoolDirectory({ database, log: testLog });
    const server = await createHttpServer({
      database,
      keys: testKeys,
      pools,
      newId,
      clock: systemClock,
      log: testLog,
      ...change,
      ...extra,
      settings: {
        ...SETTINGS,
        imports: {
          folder: uploads(),
          isOnlyProcess: true,
          databaseUrl: testDatabase().url,
          inProcessBytesMax: IN_PROCESS_BYTES_MAX,
        },
        ...change.settings,
        ...extra.settings,
      },
    });
    servers.push(server);
    const address = await server.listen({ host: '127.0.0.1', port: 0 });
    return { server, address, pools: extra.pools ?? change.pools ?? pools };
  };

  beforeAll(async () => {
    const node = await startNode();
    http = makeHttp(testDatabase(), node, startNode);
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    if (uploadFolder !== '') rmSync(uploadFolder, { recursive: true, force: true });
  });
  return () => {
    if (http === null) throw new Error('Bug: the server exists only while tests run');
    return http;
  };
}

function makeHttp(
  database: TestDatabase,
  node: Pick<TestHttp, 'server' | 'address' | 'pools'>,
  startNode: TestHttp['startNode'],
): TestHttp {
  const passwords = new Passwords();
  let passwordHash: Promise<string> | null = null;
  let count = 0;
  const addPool: TestHttp['addPool'] = async (organizationId = database.organizationId) => {
    count += 1;
    const poolId = database.newId<PoolId>(systemClock.now());
    const rows = database.database.organization(organizationId);
    await insertPool(rows, { organizationId, poolId, name: `Pool ${count}` });
    return poolId;
  };
  const addUser: TestHttp['addUser'] = async (role, options = {}) => {
    count += 1;
    const organizationId = options.organizationId ?? database.organizationId;
    const createdAt = systemClock.now();
    const userId = database.newId<UserId>(createdAt);
    const email = `${role}-${count}@example.com`;
    passwordHash ??= passwords.hash(PASSWORD);
    const user = {
      userId,
      organizationId,
      email,
      name: `${role} ${count}`,
      role,
      locale: 'en' as const,
      createdAt,
    };
    const { query } = database.database.organization(organizationId);
    await insertUser(query, { ...user, passwordHash: await passwordHash });
    if (role === 'agent') {
      const poolId = options.poolId ?? (await addPool(organizationId));
      await putSeat(query, { organizationId, userId, poolId, extension: String(1000 + count) });
    }
    return new TestUser(node.address, { userId, email });
  };
  return {
    database,
    ...node,
    addPool,
    addUser,
    startNode,
    async signedIn(role, options = {}) {
      const user = await addUser(role, options);
      const organizationId = options.organizationId ?? database.organizationId;
      const sockets = new OpenSockets();
      const sessions = new Sessions({
        database: database.database,
        clock: systemClock,
        newId: database.newId,
        sockets,
      });
      // As by signing in, without the 70 ms that a password takes.
      const token = await sessions.open({ organizationId, userId: user.userId });
      user.cookie = `ringline=${token}`;
      user.csrfToken = (await sessions.find(token))?.csrfSecret ?? '';
      return user;
    },
    stranger: () => new TestUser(node.address, { userId: '' as UserId, email: 'nobody@example.com' }),
  };
}
