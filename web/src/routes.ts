import { createRouter, Router, searchParams } from 'sv-router';
import AdminChangesPage from './admin/admin-changes-page.svelte';
import ApiKeysPage from './admin/api-keys-page.svelte';
import AdminHomePage from './admin/admin-home-page.svelte';
import OrganizationPage from './admin/organization-page.svelte';
import PauseReasonsPage from './admin/pause-reasons-page.svelte';
import PoolsPage from './admin/pools-page.svelte';
import TeamsPage from './admin/teams-page.svelte';
import TrunksPage from './admin/trunks-page.svelte';
import AgentPage from './agents/agent-page.svelte';
import AgentsPage from './agents/agents-page.svelte';
import DeskPage from './agent/desk-page.svelte';
import CallbacksPage from './callbacks/callbacks-page.svelte';
import CampaignSettingsPage from './campaigns/campaign-settings-page.svelte';
import DispositionsPage from './campaigns/dispositions-page.svelte';
import CampaignsPage from './campaigns/campaigns-page.svelte';
import NewCampaignPage from './campaigns/new-campaign-page.svelte';
import DoNotCallPage from './do-not-call/do-not-call-page.svelte';
import ImportPage from './imports/import-page.svelte';
import ListsPage from './imports/lists-page.svelte';
import LeadPage from './leads/lead-page.svelte';
import LeadsPage from './leads/leads-page.svelte';
import ListPage from './leads/list-page.svelte';
import LivePage from './live/live-page.svelte';
import CallListPage from './reports/call-list-page.svelte';
import ExportsPage from './reports/exports-page.svelte';
import ReportsPage from './reports/reports-page.svelte';
import HomePage from './shell/home-page.svelte';
import NotFoundPage from './shell/not-found-page.svelte';
import { useRouter } from './nav.ts';
import AccountPage from './session/account-page.svelte';
import UserImportPage from './users/user-import-page.svelte';
import UsersPage from './users/users-page.svelte';

const router = createRouter({
  '/': HomePage,
  '/campaigns': CampaignsPage,
  '/campaigns/new': NewCampaignPage,
  '/campaigns/:campaignId': LivePage,
  '/campaigns/:campaignId/settings': CampaignSettingsPage,
  '/lists': ListsPage,
  '/lists/import': ImportPage,
  '/lists/:listId': ListPage,
  '/leads': LeadsPage,
  '/leads/:leadId': LeadPage,
  '/do-not-call': DoNotCallPage,
  '/reports': ReportsPage,
  '/reports/calls': CallListPage,
  '/reports/exports': ExportsPage,
  '/agents': AgentsPage,
  '/callbacks': CallbacksPage,
  '/agents/:agentId': AgentPage,
  '/admin': AdminHomePage,
  '/admin/users': UsersPage,
  '/admin/users/import': UserImportPage,
  '/admin/teams': TeamsPage,
  '/admin/pools': PoolsPage,
  '/admin/trunks': TrunksPage,
  '/admin/pause-reasons': PauseReasonsPage,
  '/admin/dispositions': DispositionsPage,
  '/admin/organization': OrganizationPage,
  '/admin/api-keys': ApiKeysPage,
  '/account': AccountPage,
  '/admin/changes': AdminChangesPage,
  '/agent': DeskPage,
  '/agent/callbacks': DeskPage,
  '*notfound': NotFoundPage,
});

useRouter({
  navigate: (path, options) => void router.navigate(path as '/', { ...options, scrollToTop: 'instant' }),
  pathname: () => router.route.pathname,
  param: (name) => (router.route.params as Readonly<Record<string, string>>)[name] ?? null,
  search: () => searchParams.toURLSearchParams(),
});

export { Router };
