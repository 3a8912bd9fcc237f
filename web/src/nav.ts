import type { AgentId, CampaignId, LeadId, ListId } from '../../kernel/ids.ts';

/** The addresses of our pages. */
export const PATHS = {
  home: '/',
  campaigns: '/campaigns',
  newCampaign: '/campaigns/new',
  lists: '/lists',
  importFile: '/lists/import',
  leads: '/leads',
  doNotCall: '/do-not-call',
  reports: '/reports',
  reportCalls: '/reports/calls',
  exports: '/reports/exports',
  agents: '/agents',
  callbacks: '/callbacks',
  admin: '/admin',
  users: '/admin/users',
  importUsers: '/admin/users/import',
  teams: '/admin/teams',
  pools: '/admin/pools',
  trunks: '/admin/trunks',
  pauseReasons: '/admin/pause-reasons',
  dispositions: '/admin/dispositions',
  organization: '/admin/organization',
  apiKeys: '/admin/api-keys',
  account: '/account',
  adminChanges: '/admin/changes',
  desk: '/agent',
  deskCallbacks: '/agent/callbacks',
} as const;

export const liveOf = (campaignId: CampaignId): string => `/campaigns/${campaignId}`;
export const settingsOf = (campaignId: CampaignId): string => `/campaigns/${campaignId}/settings`;
export const agentOf = (agentId: AgentId): string => `/agents/${agentId}`;
export const listOf = (listId: ListId): string => `/lists/${listId}`;
export const leadOf = (leadId: LeadId): string => `/leads/${leadId}`;

/** What the router does for us. The console speaks to it through this file alone, so that it can be exchanged. */
export interface Router {
  navigate(path: string, options: { readonly replace: boolean; readonly search: string }): void;
  pathname(): string;
  param(name: string): string | null;
  search(): URLSearchParams;
}

let router: Router | null = null;

export function useRouter(used: Router): void {
  router = used;
}

function bound(): Router {
  if (router === null) throw new Error('Bug: a page was asked for before the router was set.');
  return router;
}

/** Goes to one of our pages; `path` may carry a query. */
export function go(path: string): void {
  const [pathname = '/', search = ''] = path.split('?', 2);
  bound().navigate(pathname, { replace: false, search });
}

/** As {@link go}, in place of the page that is shown: "back" leads to the one before. */
export function goInstead(path: string): void {
  const [pathname = '/', search = ''] = path.split('?', 2);
  bound().navigate(pathname, { replace: true, search });
}

/** Reactive. */
export const currentPath = (): string => bound().pathname();
/** Part of the address by its name in the table of routes; reactive. */
export const pathParam = (name: string): string => bound().param(name) ?? '';
/** Part of the query; reactive. */
export const queryParam = (name: string): string => bound().search().get(name) ?? '';

/** Keeps the browser's own way with clicks that ask for a new tab or window. Called once, before the router listens. */
export function leaveModifiedClicksAlone(target: Window): void {
  target.addEventListener('click', (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      event.stopImmediatePropagation();
  });
}
