import { once } from 'node:events';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createCampaign } from '../campaigns/campaign.store.ts';
import { startImportJob } from '../campaigns/lead-import/import-job.store.ts';
import { createLeadList } from '../campaigns/lead-list.store.ts';
import type {
  CampaignId,
  ImportId,
  LeadId,
  ListId,
  OrganizationId,
  PoolId,
  TeamId,
  TrunkId,
  UserId,
} from '../kernel/ids.ts';
import { ROLES, type Role } from '../kernel/roles.ts';
import { newTrunkSchema } from './api/pool.schema.ts';
import type { ErrorBody } from './api/scalar.schema.ts';
import { insertTeams } from './auth/team.store.ts';
import { systemClock } from './clock.ts';
import { putTrunk } from './pool.store.ts';
import { useTestHttp, type TestUser } from './test-http.ts';

const EVERYBODY = 'admin manager supervisor agent officer auditor';
const WATCHERS = 'admin manager supervisor officer auditor';

/** Whom each route serves, written down a second time on purpose: a slip in one of the two is seen. */
const TABLE: Readonly<Record<string, string>> = {
  'POST /api/session': 'public',
  'GET /api/session': EVERYBODY,
  'PATCH /api/session': EVERYBODY,
  'DELETE /api/session': EVERYBODY,
  'POST /api/session/password': EVERYBODY,
  'GET /api/users': 'admin',
  'POST /api/users': 'admin',
  'PATCH /api/users/:userId': 'admin',
  'POST /api/users/:userId/password-reset': 'admin',
  'DELETE /api/users/:userId/sessions': 'admin',
  'DELETE /api/users/:userId/second-factor': 'admin',
  'GET /api/sessions': EVERYBODY,
  'DELETE /api/sessions': EVERYBODY,
  'DELETE /api/sessions/:sessionId': EVERYBODY,
  'GET /api/session/second-factor': EVERYBODY,
  'POST /api/session/second-factor': EVERYBODY,
  'POST /api/session/second-factor/confirm': EVERYBODY,
  'POST /api/session/second-factor/recovery-codes': EVERYBODY,
  'POST /api/session/second-factor/removal': EVERYBODY,
  'GET /api/api-keys': 'admin',
  'POST /api/api-keys': 'admin',
  'DELETE /api/api-keys/:apiKeyId': 'admin',
  'POST /api/users/import/preview': 'admin',
  'POST /api/users/import': 'admin',
  'GET /api/teams': 'admin manager supervisor',
  'POST /api/teams': 'admin',
  'PATCH /api/teams/:teamId': 'admin',
  'DELETE /api/teams/:teamId': 'admin',
  'GET /api/admin-changes': 'admin auditor',
  'GET /api/pools': WATCHERS,
  'POST /api/pools': 'admin',
  'PATCH /api/pools/:poolId': 'admin',
  'POST /api/pools/:poolId/agents/:agentId/commands': 'admin supervisor',
  'GET /api/campaigns/:campaignId/minutes': WATCHERS,
  'GET /api/callbacks': 'admin manager supervisor',
  'PATCH /api/callbacks/:campaignId/:leadId': 'admin manager supervisor',
  'GET /api/alarm-limits': 'admin manager supervisor',
  'PUT /api/alarm-limits': 'admin',
  'GET /api/pools/:poolId/board': 'admin manager supervisor',
  'GET /api/agents/:agentId': 'admin manager supervisor',
  'GET /api/agents/:agentId/help': 'admin manager supervisor',
  'POST /api/agents/:agentId/move': 'admin supervisor',
  'DELETE /api/agents/:agentId/move': 'admin supervisor',
  'POST /api/agent-messages': 'admin supervisor',
  'GET /api/agent/messages': 'agent',
  'GET /api/agent/messages/today': 'agent',
  'POST /api/agent/messages/:messageId/seen': 'agent',
  'GET /api/trunks': 'admin manager',
  'POST /api/trunks': 'admin',
  'PATCH /api/trunks/:trunkId': 'admin',
  'POST /api/trunks/test': 'admin',
  'GET /api/organization': 'admin manager',
  'PATCH /api/organization': 'admin',
  'GET /api/campaigns': WATCHERS,
  'POST /api/campaigns': 'admin manager',
  'GET /api/campaigns/:campaignId': WATCHERS,
  'PATCH /api/campaigns/:campaignId': 'admin manager',
  'GET /api/campaigns/:campaignId/numbers': WATCHERS,
  'GET /api/campaigns/:campaignId/today': WATCHERS,
  'GET /api/campaigns/:campaignId/standing': WATCHERS,
  'GET /api/campaigns/:campaignId/changes': WATCHERS,
  'GET /api/campaigns/:campaignId/dispositions': WATCHERS,
  'GET /api/campaigns/:campaignId/jobs': WATCHERS,
  'PUT /api/campaigns/:campaignId/dispositions': 'admin manager',
  'POST /api/campaigns/:campaignId/copy': 'admin manager',
  'GET /api/campaign-defaults': WATCHERS,
  'POST /api/script-preview': 'admin manager',
  'POST /api/campaigns/:campaignId/start': 'admin manager',
  'POST /api/campaigns/:campaignId/pause': 'admin manager',
  'POST /api/campaigns/:campaignId/finish': 'admin manager',
  'PUT /api/campaigns/:campaignId/lists/:listId': 'admin manager',
  'DELETE /api/campaigns/:campaignId/lists/:listId': 'admin manager',
  'GET /api/lists': 'admin manager officer auditor',
  'POST /api/lists': 'admin manager',
  'GET /api/lists/:listId': 'admin manager officer auditor',
  'PATCH /api/lists/:listId': 'admin manager',
  'POST /api/lists/:listId/reset/count': 'admin manager',
  'POST /api/lists/:listId/reset': 'admin manager',
  'GET /api/lists/:listId/standing': 'admin manager officer auditor',
  'GET /api/campaigns/:campaignId/lists': WATCHERS,
  'PATCH /api/campaigns/:campaignId/lists/:listId': 'admin manager',
  'GET /api/imports': 'admin manager officer auditor',
  'POST /api/imports': 'admin manager',
  'GET /api/imports/:importId': 'admin manager officer auditor',
  'GET /api/imports/:importId/rejects.csv': 'admin manager',
  'POST /api/imports/:importId/cancel': 'admin manager',
  'POST /api/import-previews': 'admin manager',
  'GET /api/lead-fields': 'admin manager officer auditor',
  'GET /api/leads': WATCHERS,
  'GET /api/leads/count': WATCHERS,
  'POST /api/leads': 'admin manager',
  'PATCH /api/leads': 'admin manager',
  'DELETE /api/leads': 'admin manager',
  'GET /api/leads/:leadId': WATCHERS,
  'POST /api/leads/:leadId/notes': 'admin manager supervisor agent',
  'GET /api/lead-filters': WATCHERS,
  'POST /api/lead-filters': 'admin manager',
  'DELETE /api/lead-filters/:filterId': 'admin manager',
  'GET /api/leads/:leadId/history': WATCHERS,
  'GET /api/do-not-call': 'admin manager officer auditor',
  'POST /api/do-not-call': 'admin manager supervisor officer',
  'POST /api/do-not-call/removals': 'admin officer',
  'GET /api/dispositions': EVERYBODY,
  'PUT /api/dispositions/:code': 'admin manager',
  'GET /api/pause-reasons': EVERYBODY,
  'PUT /api/pause-reasons/:code': 'admin manager',
  'DELETE /api/pause-reasons/:code': 'admin manager',
  'GET /api/agent': 'agent',
  'GET /api/agent/live': 'agent',
  'POST /api/agent/commands': 'agent',
  'GET /api/agent/callbacks': 'agent',
  'PATCH /api/agent/callbacks/:campaignId/:leadId': 'agent',
  'DELETE /api/agent/callbacks/:campaignId/:leadId': 'agent',
  'GET /api/agent/lead/history': 'agent',
  'GET /api/agent/recent-calls': 'agent',
  'POST /api/calls/:callId/disposition': 'agent',
  'POST /api/calls/:callId/do-not-call': 'agent',
  'GET /api/live': WATCHERS,
  'GET /api/reports/calls': WATCHERS,
  'GET /api/reports/agents': WATCHERS,
  'GET /api/reports/my-day': 'agent',
  'GET /api/reports/dispositions': WATCHERS,
  'GET /api/reports/abandonment': WATCHERS,
  'GET /api/reports/penetration': WATCHERS,
  'GET /api/reports/call-list': WATCHERS,
  'GET /api/exports': WATCHERS,
  'POST /api/exports': WATCHERS,
  'GET /api/exports/:exportId': WATCHERS,
  'POST /api/exports/:exportId/cancel': WATCHERS,
  'GET /api/exports/:exportId/file.csv': WATCHERS,
  'GET /livez': 'public',
  'GET /healthz': 'public',
  'GET /metrics': 'metrics',
  'POST /internal/cdr': 'cdr-secret',
  'POST /internal/pools/:poolId/commands': 'owner-secret',
  'GET /internal/pools/:poolId/feed': 'owner-secret',
  'GET /internal/pools/:poolId/agents/:agentId/desk': 'owner-secret',
  'GET /api/docs': EVERYBODY,
  'GET /api/docs/json': EVERYBODY,
  'GET /api/docs/yaml': EVERYBODY,
  'GET /api/docs/static/*': EVERYBODY,
  'GET /api/docs/static/index.html': EVERYBODY,
  'GET /api/docs/static/swagger-initializer.js': EVERYBODY,
};
const DENIED = [401, 403];
const http = useTestHttp();

interface World {
  readonly poolId: PoolId;
  readonly trunkId: TrunkId;
  readonly campaignId: CampaignId;
  readonly listId: ListId;
  readonly leadId: LeadId;
  readonly importId: ImportId;
  readonly teamId: TeamId;
  /** Whom admins may change: the users below must stay signed in. */
  readonly userId: UserId;
  readonly users: Readonly<Record<Role, TestUser>>;
}

let ours: World;
let theirs: Readonly<Record<Role, TestUser>>;

async function users(organizationId: OrganizationId): Promise<Readonly<Record<Role, TestUser>>> {
  const made = {} as Record<Role, TestUser>;
  for (const role of ROLES) made[role] = await http().signedIn(role, { organizationId });
  return made;
}

beforeAll(async () => {
  const { database, addPool } = http();
  const { organization, organizationId, newId } = database;
  const now = systemClock.now();
  const [trunkId, campaignId] = [newId<TrunkId>(now), newId<CampaignId>(now)];
  const [listId, leadId] = [newId<ListId>(now), newId<LeadId>(now)];
  const poolId = await addPool();
  const trunk = newTrunkSchema.parse({ name: 'Carrier', dialTemplate: 'sofia/gateway/carrier/{number}' });
  await putTrunk(organization, { organizationId, trunk: { trunkId, ...trunk } });
  const settings = { name: 'Ours', poolId, timeZone: 'America/New_York' };
  await createCampaign(organization.query, organizationId, { campaignId, createdAt: now, settings });
  await createLeadList(organization.query, organizationId, {
    listId,
    name: 'Ours',
    country: 'US',
    createdAt: now,
  });
  await organization.query`
    insert into lead (lead_id, organization_id, list_id, created_at)
    values (${leadId}, ${organizationId}, ${listId}, ${new Date(now)})`;
  const importId = newId<ImportId>(now);
  const job = { fileName: 'leads.csv', startedBy: null, waiting: null };
  const key = { organizationId, importId, listId, startedAt: now, attempt: 0 };
  await startImportJob(organization.query, key, job);
  const teamId = newId<TeamId>(now);
  await insertTeams(organization.query, organizationId, [{ teamId, name: 'Ours' }]);
  const { userId } = await http().addUser('manager');
  ours = {
    teamId,
    userId,
    poolId,
    trunkId,
    campaignId,
    listId,
    leadId,
    importId,
    users: await users(organizationId),
  };
  theirs = await users(await database.makeOrganization('Others'));
});

/** The address with ids of our organization. */
function addressOf(route: string): [method: string, path: string] {
  const [method = '', url = ''] = route.split(' ');
  const path = url
    .replace(':userId', ours.userId)
    .replace(':teamId', ours.teamId)
    .replace(':sessionId', ours.teamId)
    .replace(':apiKeyId', ours.teamId)
    .replace(':agentId', ours.users.agent.userId)
    .replace(':poolId', ours.poolId)
    .replace(':trunkId', ours.trunkId)
    .replace(':campaignId', ours.campaignId)
    .replace(':listId', ours.listId)
    .replace(':leadId', ours.leadId)
    .replace(':importId', ours.importId)
    .replace(':filterId', ours.importId)
    .replace(':callId', ours.leadId)
    .replace(':exportId', ours.leadId)
    .replace(':code', 'no-such-code')
    .replace('*', 'swagger-ui.css');
  return [method, url === '/api/live' ? `${path}?pool=${ours.poolId}` : path];
}

/** Forms are right and contents are somebody's: what remains is whose. */
const BODIES: Readonly<Record<string, () => object>> = {
  'PATCH /api/users/:userId': () => ({ name: 'Taken over' }),
  'PATCH /api/teams/:teamId': () => ({ name: 'Taken over' }),
  'PATCH /api/pools/:poolId': () => ({ name: 'Taken over' }),
  'PATCH /api/trunks/:trunkId': () => ({ name: 'Taken over' }),
  'PATCH /api/campaigns/:campaignId': () => ({ name: 'Taken over' }),
  'PUT /api/campaigns/:campaignId/lists/:listId': () => ({ priority: 7 }),
  'PATCH /api/campaigns/:campaignId/lists/:listId': () => ({ priority: 7, weight: 2 }),
  'PATCH /api/lists/:listId': () => ({ name: 'Taken over' }),
  'POST /api/leads': () => ({ listId: ours.listId, leads: [{ numbers: ['+13055550123'] }] }),
  'POST /api/leads/:leadId/notes': () => ({ text: 'Spy' }),
  'PUT /api/campaigns/:campaignId/dispositions': () => ({ choice: [] }),
  'POST /api/campaigns/:campaignId/copy': () => ({ name: 'Copied away' }),
  'POST /api/campaigns': () => ({ name: 'In our pool', poolId: ours.poolId, timeZone: 'UTC' }),
  'POST /api/do-not-call': () => ({ phone: '+13055550123', campaignId: ours.campaignId }),
  'POST /api/pools/:poolId/agents/:agentId/commands': () => ({ commandId: ours.leadId, type: 'sign-out' }),
  'POST /api/calls/:callId/disposition': () => ({ commandId: ours.leadId, code: 'sale' }),
  'POST /api/users': () => ({
    email: 'spy@example.com',
    name: 'Spy',
    role: 'agent',
    password: 'a long password',
    agent: { poolId: ours.poolId, extension: '7777' },
  }),
};

async function ask(user: TestUser, route: string, body?: object) {
  const [method, path] = addressOf(route);
  return user.send<unknown>(method, path, method === 'GET' ? undefined : (body ?? {}));
}

const rolesOf = (route: string): readonly Role[] =>
  ROLES.filter((role) => TABLE[route]?.split(' ').includes(role));
// These would end the sessions that the walk needs, or count sign-ins; their own tests have them.
const WALKED = Object.keys(TABLE).filter((route) => route !== 'DELETE /api/session');
const WITH_ROLES = WALKED.filter((route) => rolesOf(route).length > 0);

test('the table names every route, and every route serves whom the table says', () => {
  const declared = http()
    .server.routes()
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, url, roles }) => [
      `${method} ${url}`,
      typeof roles === 'string' ? roles : roles.join(' '),
    ]);
  expect(Object.fromEntries(declared)).toEqual(TABLE);
});

test.each(WITH_ROLES)('%s answers its roles and nobody else', async (route) => {
  for (const role of ROLES) {
    const { status, body } = await ask(ours.users[role], route);
    if (rolesOf(route).includes(role)) {
      expect(DENIED, `${role} got ${status}: ${JSON.stringify(body)}`).not.toContain(status);
    } else {
      expect(status, role).toBe(403);
      expect((body as ErrorBody).error.code).toBe('forbidden');
    }
  }
});

test.each(WITH_ROLES)('%s answers nobody without a session', async (route) => {
  const { status, body } = await ask(http().stranger(), route);
  expect(status).toBe(401);
  expect((body as ErrorBody).error.code).toBe('signed-out');
});

test.each(WITH_ROLES.filter((route) => !route.startsWith('GET ')))(
  '%s changes nothing without the CSRF token or from another site',
  async (route) => {
    const [method, path] = addressOf(route);
    const user = ours.users[rolesOf(route)[0] ?? 'admin'];
    const withoutToken = await user.send<ErrorBody>(method, path, {}, { 'x-csrf-token': '' });
    expect([withoutToken.status, withoutToken.body.error.code]).toEqual([403, 'wrong-csrf-token']);
    const foreign = await user.send<ErrorBody>(method, path, {}, { origin: 'https://evil.example' });
    expect([foreign.status, foreign.body.error.code]).toEqual([403, 'foreign-origin']);
  },
);

test.each(['metrics', 'cdr-secret', 'owner-secret'])(
  'a session opens no route for programs (%s)',
  async (access) => {
    const routes = Object.keys(TABLE).filter((route) => TABLE[route] === access);
    for (const route of routes) {
      const { status } = await ask(ours.users.admin, route);
      // Metrics are open on this machine; see their own test.
      if (access !== 'metrics') expect(status).toBe(401);
    }
  },
);

describe('another organization', () => {
  async function contents(): Promise<unknown> {
    const rows = [];
    for (const table of [
      'app_user',
      'pool',
      'trunk',
      'campaign',
      'campaign_list',
      'lead_list',
      'lead',
      'do_not_call',
      'agent',
      'team',
    ])
      rows.push(await rowsOf(table));
    return rows;
  }
  async function rowsOf(table: string): Promise<unknown> {
    const text = Object.assign(
      [`select jsonb_agg(to_jsonb(t) order by to_jsonb(t)::text) as rows from ${table} t`],
      {
        raw: [''],
      },
    );
    return http().database.organization.query(text);
  }

  test.each(WITH_ROLES)('%s neither shows nor changes what is ours', async (route) => {
    const before = await contents();
    const [, path] = addressOf(route);
    for (const role of rolesOf(route)) {
      const { status, body } = await ask(theirs[role], route, BODIES[route]?.());
      const text = JSON.stringify(body);
      for (const id of [
        ours.poolId,
        ours.trunkId,
        ours.campaignId,
        ours.listId,
        ours.leadId,
        ours.users.manager.userId,
        ours.userId,
        ours.teamId,
      ]) {
        expect(text, role).not.toContain(id);
      }
      const namesOurs = /[0-9a-f]{8}-/.test(path) || BODIES[route] !== undefined;
      if (namesOurs) expect(status, `${role}: ${text}`).toBeGreaterThanOrEqual(400);
    }
    expect(await contents()).toEqual(before);
  });
});

describe('a WebSocket', () => {
  async function statusOf(
    headers: Record<string, string>,
    protocols: string[],
    path?: string,
  ): Promise<number> {
    const url = http().address.replace('http', 'ws') + (path ?? `/api/live?pool=${ours.poolId}`);
    const socket = new WebSocket(url, protocols, { headers });
    socket.on('error', () => undefined);
    const opened = once(socket, 'open').then(() => 101);
    const refused = once(socket, 'unexpected-response').then(
      ([, response]) => (response as { statusCode: number }).statusCode,
    );
    refused.catch(() => undefined);
    opened.catch(() => undefined);
    const status = await Promise.race([opened, refused]);
    socket.terminate();
    return status;
  }

  test('opens only with a session of the right role, its token, and from our own pages', async () => {
    const { supervisor, agent } = ours.users;
    const { address } = http();
    const own = { cookie: supervisor.cookie, origin: address };
    const token = `csrf.${supervisor.csrfToken}`;
    expect(await statusOf(own, ['ringline', token])).toBe(101);
    expect(await statusOf({ origin: address }, ['ringline', token])).toBe(401);
    expect(await statusOf({ cookie: supervisor.cookie }, ['ringline', token])).toBe(403);
    expect(await statusOf({ ...own, origin: 'https://evil.example' }, ['ringline', token])).toBe(403);
    expect(await statusOf(own, ['ringline'])).toBe(403);
    expect(await statusOf(own, ['ringline', `csrf.${agent.csrfToken}`])).toBe(403);
    const agents = { cookie: agent.cookie, origin: address };
    expect(await statusOf(agents, ['ringline', `csrf.${agent.csrfToken}`])).toBe(403);
  });

  test('shows no pool of another organization', async () => {
    const socket = theirs.supervisor.socket(`/api/live?pool=${ours.poolId}`);
    expect(await socket.closed).toEqual({ code: 4004, reason: 'There is no such pool.' });
  });
});
