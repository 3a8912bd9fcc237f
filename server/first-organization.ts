import { randomBytes } from 'node:crypto';
import { putDefaultWords } from '../campaigns/agent-word.store.ts';
import type { OrganizationId, PoolId, TrunkId, UserId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { Passwords } from './auth/password.ts';
import { oneTimePassword } from './auth/one-time-password.ts';
import { insertUser } from './auth/user.store.ts';
import type { Database } from './database.ts';
import { OperatorError } from './operator-error.ts';
import { insertOrganization } from './organization.store.ts';
import { insertPool, listTrunks, putTrunk } from './pool.store.ts';

export interface FirstOrganizationPorts {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
  /** RINGLINE_TRUNK */
  readonly trunk: string | null;
  readonly say: (line: string) => void;
}

const ADMIN_EMAIL = 'admin@ringline.local';

interface OrganizationRow {
  readonly organizationId: OrganizationId;
  readonly isDemo: boolean;
}

/**
 * On a real switch: an organization with one administrator, one pool and, from RINGLINE_TRUNK, one trunk, when there is none yet.
 * Its password is said once and stored nowhere. Started again, only the trunk is added if it is missing.
 */
export async function makeFirstOrganization(ports: FirstOrganizationPorts): Promise<void> {
  const { database, trunk } = ports;
  const organizations = await database.system<OrganizationRow>`
    select organization_id as "organizationId", is_demo as "isDemo" from ringline_organizations()`;
  if (organizations.some(({ isDemo }) => isDemo)) {
    throw new OperatorError(
      'These data hold the demo, whose passwords are public: with FREESWITCH_URL set, use another RINGLINE_DATA or DATABASE_URL.',
      { exitCode: 2 },
    );
  }
  const real = organizations[0]?.organizationId ?? (await make(ports));
  if (trunk !== null) await addTrunk(ports, real, trunk);
}

async function make(ports: FirstOrganizationPorts): Promise<OrganizationId> {
  const { organizationId, password } = await createOrganization(ports, {
    name: 'My organization',
    email: ADMIN_EMAIL,
    country: 'US',
  });
  ports.say(
    `First start: sign in as ${ADMIN_EMAIL} with the password ${password} and change it. It is not shown again.`,
  );
  return organizationId;
}

export interface OrganizationToCreate {
  readonly name: string;
  /** Of its first administrator. */
  readonly email: string;
  /** ISO 3166-1 alpha-2 */
  readonly country: string;
}

/** An organization with one administrator and one pool. His one-time password is returned and stored nowhere. */
export async function createOrganization(
  { database, clock, newId }: Pick<FirstOrganizationPorts, 'database' | 'clock' | 'newId'>,
  { name, email, country }: OrganizationToCreate,
): Promise<{ readonly organizationId: OrganizationId; readonly password: string }> {
  const now = clock.now();
  const organizationId: OrganizationId = newId(now);
  const password = oneTimePassword(() => randomBytes(1)[0] ?? 0);
  const passwordHash = await new Passwords().hash(password);
  await database.organization(organizationId).tx(async (query) => {
    await insertOrganization(query, { organizationId, name, country, isDemo: false, createdAt: now });
    await insertUser(query, {
      userId: newId<UserId>(now),
      organizationId,
      email,
      name: 'Administrator',
      passwordHash,
      mustChangePassword: true,
      role: 'admin',
      locale: 'en',
      createdAt: now,
    });
    await insertPool({ query }, { organizationId, poolId: newId<PoolId>(now), name: 'Agents' });
    await putDefaultWords(query, organizationId);
  });
  return { organizationId, password };
}

async function addTrunk(
  { database, clock, newId }: FirstOrganizationPorts,
  organizationId: OrganizationId,
  dialTemplate: string,
): Promise<void> {
  const rows = database.organization(organizationId);
  const trunks = await listTrunks(rows);
  if (trunks.some((trunk) => trunk.dialTemplate === dialTemplate)) return;
  await putTrunk(rows, {
    organizationId,
    trunk: {
      trunkId: newId<TrunkId>(clock.now()),
      name: trunks.length === 0 ? 'First trunk' : `Trunk ${String(trunks.length + 1)}`,
      dialTemplate,
      numberFormat: 'e164-without-plus',
      callerIdIn: 'from',
      codecs: 'PCMU,PCMA',
      callsMax: 100,
      callsPerSecondMax: 10,
      pingSeconds: 30,
    },
  });
}
