import type { Role } from '../../../server/api.ts';
import { PATHS } from '../nav.ts';

export type Area =
  'live' | 'campaigns' | 'lists' | 'leads' | 'do-not-call' | 'agents' | 'reports' | 'admin' | 'desk';

const AREAS: Readonly<Record<Role, readonly Area[]>> = {
  admin: ['live', 'campaigns', 'lists', 'leads', 'do-not-call', 'agents', 'reports', 'admin'],
  manager: ['live', 'campaigns', 'lists', 'leads', 'do-not-call', 'agents', 'reports', 'admin'],
  supervisor: ['live', 'campaigns', 'leads', 'agents', 'reports'],
  agent: ['desk'],
  officer: ['live', 'campaigns', 'lists', 'leads', 'do-not-call', 'reports'],
  auditor: ['live', 'campaigns', 'lists', 'leads', 'do-not-call', 'reports', 'admin'],
};

/** Pages that a role finds in the menu. The server decides by itself what it answers. */
export function areasOf(role: Role): readonly Area[] {
  return AREAS[role];
}

/** What a role may do beside looking. */
export const MAY = {
  runCampaigns: ['admin', 'manager'],
  importLists: ['admin', 'manager'],
  addDoNotCall: ['admin', 'manager', 'officer'],
  removeDoNotCall: ['admin', 'officer'],
  commandAgents: ['admin', 'supervisor'],
} as const satisfies Record<string, readonly Role[]>;

export function may(role: Role | undefined, what: keyof typeof MAY): boolean {
  const roles: readonly Role[] = MAY[what];
  return role !== undefined && roles.includes(role);
}

export type AdminPage =
  | 'users'
  | 'teams'
  | 'pools'
  | 'trunks'
  | 'pause-reasons'
  | 'dispositions'
  | 'organization'
  | 'api-keys'
  | 'changes';

/** Pages of the administration, in the order of its menu. */
export const ADMIN_PAGES: readonly {
  readonly page: AdminPage;
  readonly path: string;
  readonly roles: readonly Role[];
}[] = [
  { page: 'users', path: PATHS.users, roles: ['admin'] },
  { page: 'teams', path: PATHS.teams, roles: ['admin'] },
  { page: 'pools', path: PATHS.pools, roles: ['admin'] },
  { page: 'trunks', path: PATHS.trunks, roles: ['admin', 'manager'] },
  { page: 'pause-reasons', path: PATHS.pauseReasons, roles: ['admin', 'manager'] },
  { page: 'dispositions', path: PATHS.dispositions, roles: ['admin', 'manager'] },
  { page: 'organization', path: PATHS.organization, roles: ['admin'] },
  { page: 'api-keys', path: PATHS.apiKeys, roles: ['admin'] },
  { page: 'changes', path: PATHS.adminChanges, roles: ['admin', 'auditor'] },
];

export const adminPagesOf = (role: Role): typeof ADMIN_PAGES =>
  ADMIN_PAGES.filter(({ roles }) => roles.includes(role));
