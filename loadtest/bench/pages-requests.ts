/** What the requests are about. */
export interface PageSubject {
  readonly campaignId: string;
  readonly listId: string;
  /** A lead with many calls. */
  readonly leadId: string;
  readonly phone: string;
}

export interface PageRequest {
  readonly name: string;
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
}

/** What the pages of lists, leads and campaigns ask the server for. */
export function pageRequests({ campaignId, listId, leadId, phone }: PageSubject): readonly PageRequest[] {
  const national = phone.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
  const filter = (...conditions: readonly object[]): string =>
    new URLSearchParams({ filter: JSON.stringify({ groups: [{ conditions }] }) }).toString();
  const waiting = { kind: 'state', campaignId, states: ['waiting'] };
  const busy = { kind: 'last-ending', campaignId, endings: ['busy'] };
  const rich = { kind: 'custom', name: 'balance', test: 'at-least', value: '4990' };
  const nobody = { kind: 'custom', name: 'city', test: 'is', value: 'Nowhere' };
  const quiet = { kind: 'last-call', test: 'before', at: Date.UTC(2026, 10, 3) };
  const search = (q: string): string => `/api/leads?${new URLSearchParams({ q }).toString()}`;
  return [
    { name: 'lists', path: '/api/lists' },
    { name: 'list', path: `/api/lists/${listId}` },
    { name: 'imports', path: '/api/imports' },
    { name: 'leads', path: '/api/leads' },
    { name: 'leads of a list', path: `/api/leads?listId=${listId}` },
    { name: 'leads of a campaign', path: `/api/leads?campaignId=${campaignId}` },
    { name: 'search: common last name', path: search('smith') },
    { name: 'search: first letters', path: search('a') },
    { name: 'search: rare last name', path: search('diaz13') },
    { name: 'search: first and last name', path: search('rosa diaz') },
    { name: 'search: nobody', path: search('qqqqqq') },
    { name: 'search: external id', path: search('X-777777') },
    { name: 'search: number in full', path: search(phone) },
    { name: 'search: number as people write it', path: search(national) },
    { name: 'search: beginning of a number', path: search(phone.slice(0, 8)) },
    { name: 'search: one name in one list', path: `${search('garcia')}&listId=${listId}` },
    { name: 'newest leads first', path: '/api/leads?order=-added' },
    { name: 'leads by name', path: '/api/leads?order=name' },
    { name: 'filter: state and ending', path: `/api/leads?${filter(waiting, busy)}` },
    { name: 'filter: own field', path: `/api/leads?${filter(rich)}` },
    { name: 'filter: last call', path: `/api/leads?${filter(quiet)}` },
    { name: 'filter: nobody (one step)', path: `/api/leads?${filter(nobody)}` },
    { name: 'count: state and ending (one step)', path: `/api/leads/count?${filter(waiting, busy)}` },
    { name: 'count: own field (one step)', path: `/api/leads/count?${filter(rich)}` },
    { name: 'standing of a list', path: `/api/lists/${listId}/standing` },
    { name: 'lists of a campaign', path: `/api/campaigns/${campaignId}/lists` },
    { name: 'saved filters', path: '/api/lead-filters' },
    { name: 'lead', path: `/api/leads/${leadId}` },
    { name: 'history of a lead', path: `/api/leads/${leadId}/history` },
    { name: 'campaigns', path: '/api/campaigns' },
    { name: 'campaign', path: `/api/campaigns/${campaignId}` },
    { name: 'standing of a campaign', path: `/api/campaigns/${campaignId}/numbers` },
    { name: 'why its leads wait', path: `/api/campaigns/${campaignId}/standing` },
    { name: 'history of a campaign', path: `/api/campaigns/${campaignId}/changes` },
    { name: 'outcomes of a campaign', path: `/api/campaigns/${campaignId}/dispositions` },
    { name: 'today of a campaign', path: `/api/campaigns/${campaignId}/today` },
  ];
}
