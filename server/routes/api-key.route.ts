import { z } from 'zod';
import type { Query } from '../../kernel/database.ts';
import type { ApiKeyId, UserId } from '../../kernel/ids.ts';
import { recordAdminChange } from '../admin-record.ts';
import {
  apiKeysSchema,
  freshApiKeySchema,
  newApiKeySchema,
  type ApiKey,
  type FreshApiKey,
} from '../api/api-key.schema.ts';
import { doneSchema, idOf } from '../api/scalar.schema.ts';
import { insertApiKey, listApiKeys, revokeApiKey } from '../auth/api-key.store.ts';
import { newApiKey } from '../auth/api-keys.ts';
import { whoAsks } from '../auth/guard.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import { insertUser } from '../auth/user.store.ts';
import type { App, RoutePorts } from '../http-app.ts';
import { notFound, wrongInput } from '../http-problem.ts';

const tags = ['API keys'];
const params = z.object({ apiKeyId: idOf<ApiKeyId>() });
/** Nobody's hash: a key has no password, and whoever it stands for is not found at sign-in. */
const NO_PASSWORD = '!';

export function apiKeyRoutes(app: App, ports: RoutePorts): void {
  app.get(
    '/api/api-keys',
    {
      config: { roles: ['admin'] },
      schema: { tags, summary: 'Keys of programs, without the keys', response: { 200: apiKeysSchema } },
    },
    async (request) => ({ apiKeys: [...(await listApiKeys(whoAsks(request).database.query))] }),
  );

  app.post(
    '/api/api-keys',
    {
      // A key that makes keys would outlive its own end.
      config: { roles: ['admin'], isForPeople: true },
      schema: {
        tags,
        summary: 'Make a key for a program, for `authorization: Bearer rl_…`; it is shown this once',
        body: newApiKeySchema,
        response: { 201: freshApiKeySchema },
      },
    },
    async (request, reply) => {
      const me = whoAsks(request);
      const { expiresAt } = request.body;
      if (expiresAt !== null && expiresAt <= ports.clock.now()) {
        throw wrongInput('expiresAt', 'This moment is over; choose a later one, or none.');
      }
      void reply.header('cache-control', 'no-store');
      return reply.code(201).send(await makeKey(ports, me, request.body));
    },
  );

  app.delete(
    '/api/api-keys/:apiKeyId',
    {
      config: { roles: ['admin'] },
      schema: {
        tags,
        summary: 'Revoke a key: its next request is refused',
        params,
        response: { 200: doneSchema },
      },
    },
    async (request) => {
      const me = whoAsks(request);
      const { apiKeyId } = request.params;
      await me.database.tx(async (query) => {
        const key = await oneKey(query, apiKeyId);
        if (!(await revokeApiKey(query, { apiKeyId, now: ports.clock.now() }))) return;
        await recordAdminChange(ports, { me, query }, { what: 'api-key.revoked', subject: key.name });
      });
      return { ok: true as const };
    },
  );
}

async function makeKey(
  ports: RoutePorts,
  me: SignedIn,
  { name, role, expiresAt }: z.output<typeof newApiKeySchema>,
): Promise<FreshApiKey> {
  const { organizationId, locale } = me;
  const createdAt = ports.clock.now();
  const apiKeyId = ports.newId<ApiKeyId>(createdAt);
  const userId = ports.newId<UserId>(createdAt);
  const { key, keyHex, shown } = newApiKey();
  return me.database.tx(async (query) => {
    await insertUser(query, {
      userId,
      organizationId,
      // Reserved for what is no address (RFC 2606).
      email: `${apiKeyId}@api-key.invalid`,
      name,
      role,
      locale,
      passwordHash: NO_PASSWORD,
      createdAt,
      isService: true,
    });
    const row = { apiKeyId, organizationId, userId, keyHex, shown, createdAt, expiresAt };
    await insertApiKey(query, { ...row, createdBy: me.userId });
    await recordAdminChange(
      ports,
      { me, query },
      { what: 'api-key.added', subject: name, after: { role, expiresAt } },
    );
    return { ...(await oneKey(query, apiKeyId)), key };
  });
}

async function oneKey(query: Query, apiKeyId: ApiKeyId): Promise<ApiKey> {
  const [key] = await listApiKeys(query, apiKeyId);
  if (!key) throw notFound('API key');
  return key;
}
