import type { AgentId, CampaignId } from '../../../kernel/ids.ts';
import type { CallFigureName, Campaign, Campaigns } from '../../../server/api.ts';
import { api, withQuery } from '../api/api-client.ts';
import { Resource } from '../api/resource.svelte.ts';
import { goInstead, PATHS, queryParam } from '../nav.ts';
import { serverClock } from '../ui/server-clock.svelte.ts';
import { dayIn, daysOf, RANGES, type Days, type RangeName } from './report-days.ts';

export const REPORTS = ['calls', 'agents', 'dispositions', 'abandonment', 'lists'] as const;
export type ReportName = (typeof REPORTS)[number];
export type By = 'day' | 'hour';

/** The first of them for anything else. */
const oneOf = <Name extends string>(names: readonly [Name, ...Name[]], value: string): Name =>
  names.find((name) => name === value) ?? names[0];

/** Calls behind a figure, as the address of their page says it. */
export interface CallChoice {
  readonly figure: CallFigureName;
  readonly day?: string | undefined;
  readonly hour?: string | undefined;
  readonly agentId?: AgentId | undefined;
  readonly code?: string | undefined;
  readonly campaignId?: CampaignId | undefined;
}

/** What is shown: it stands in the address, so that a report can be sent to somebody and "back" returns to it. */
export class ReportChoice {
  readonly #campaigns = new Resource((signal) => api.get<Campaigns>('/api/campaigns', { signal }));
  /** The clock ticks each second; what depends on the day alone hears of it once a day. */
  readonly #today = $derived(dayIn(this.campaign?.timeZone, serverClock.now));

  constructor() {
    void this.#campaigns.load();
  }

  close(): void {
    this.#campaigns.close();
  }

  get campaigns(): readonly Campaign[] {
    return this.#campaigns.value?.campaigns ?? [];
  }

  /** Days are those of the campaign's zone: nothing can be asked for before it is known. */
  get isReady(): boolean {
    return this.#campaigns.value !== null;
  }

  get problem(): string | null {
    return this.#campaigns.problem;
  }

  get report(): ReportName {
    return oneOf(REPORTS, queryParam('report'));
  }

  get campaign(): Campaign | null {
    const wanted = queryParam('campaign');
    return this.campaigns.find(({ campaignId }) => campaignId === wanted) ?? null;
  }

  get campaignId(): CampaignId | undefined {
    return this.campaign?.campaignId;
  }

  get range(): RangeName {
    return oneOf(RANGES, queryParam('range'));
  }

  get by(): By {
    const wanted = queryParam('by');
    if (wanted === 'day' || wanted === 'hour') return wanted;
    return this.days.from === this.days.to ? 'hour' : 'day';
  }

  get days(): Days {
    const today = this.#today;
    const [from, to] = [queryParam('from'), queryParam('to')];
    return daysOf(this.range, today, { from: from === '' ? today : from, to: to === '' ? today : to });
  }

  /** For the server. */
  get query(): { campaignId?: CampaignId; from: string; to: string } {
    const { campaignId } = this;
    return { ...this.days, ...(campaignId && { campaignId }) };
  }

  /** Shows something else; what is not named stays. */
  change(changes: {
    report?: ReportName;
    campaign?: string;
    range?: RangeName;
    by?: By;
    from?: string;
    to?: string;
  }): void {
    goInstead(this.#address(changes));
  }

  addressOf(report: ReportName): string {
    return this.#address({ report });
  }

  #address(changes: Record<string, string>): string {
    const { from, to } = this.days;
    return withQuery(PATHS.reports, {
      report: this.report,
      campaign: queryParam('campaign'),
      range: this.range,
      ...(this.range === 'own' && { from, to }),
      by: queryParam('by'),
      ...changes,
    });
  }

  /** The page with the calls that a figure counts. */
  callsOf({ figure, day, hour, agentId, code, campaignId }: CallChoice): string {
    const { from, to } = this.days;
    return withQuery(PATHS.reportCalls, {
      figure,
      campaign: campaignId ?? this.campaignId,
      from: day ?? from,
      to: day ?? to,
      hour,
      agent: agentId,
      code,
    });
  }
}
