import type { CampaignId, PoolId } from '../../../kernel/ids.ts';
import type { EpochMs } from '../../../kernel/time.ts';
import type { AgentView, CampaignView, LiveMessage, PoolView } from '../../../server/api.ts';
import type { ServerClock } from '../ui/server-clock.svelte.ts';
import { CampaignHistory } from './campaign-history.svelte.ts';
import { LiveConnection, type ConnectionPorts, type ConnectionState } from './live-connection.svelte.ts';
import { mergeDelta } from './merge-delta.ts';

/** Whether the figures may be read as those of this moment. */
export type Freshness =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'live' }
  /** What is shown is of `at`. */
  | { readonly kind: 'stale'; readonly at: EpochMs; readonly message: string | null };

/** A gap in the versions is mended by the server's next snapshot; one that does not come is asked for by a new socket. */
const SNAPSHOT_WITHIN_MS = 5000;

export interface PoolFeedWiring {
  readonly poolId: PoolId;
  readonly ports: ConnectionPorts;
  readonly clock: ServerClock;
  readonly whenSignedOut: () => void;
}

/** One pool as it is now: a snapshot, kept up by changes, with its last ten minutes. */
export class PoolFeed {
  readonly poolId: PoolId;
  readonly #connection: LiveConnection;
  readonly #clock: ServerClock;
  readonly #nothing = new CampaignHistory();
  #histories = $state.raw<Partial<Record<CampaignId, CampaignHistory>>>({});
  #view = $state.raw<PoolView | null>(null);
  #agentNames = $state.raw<Readonly<Record<string, string>>>({});
  #isCurrent = $state(false);
  #unavailable = $state<string | null>(null);
  #version = 0;
  #gapTimer: ReturnType<typeof setTimeout> | null = null;
  #sampleTimer: ReturnType<typeof setInterval> | null = null;

  constructor(wiring: PoolFeedWiring) {
    this.poolId = wiring.poolId;
    this.#clock = wiring.clock;
    this.#connection = new LiveConnection(wiring.ports, {
      opened: () => this.#setStale(),
      received: (message) => this.#received(message as LiveMessage | null),
      closed: (why) => {
        this.#setStale();
        if (why === 'signed-out') wiring.whenSignedOut();
      },
    });
  }

  get view(): PoolView | null {
    return this.#view;
  }

  get connection(): ConnectionState {
    return this.#connection.state;
  }

  get freshness(): Freshness {
    if (this.isLive) return { kind: 'live' };
    const view = this.#view;
    if (view === null) return { kind: 'waiting' };
    const isOpen = this.#connection.state.kind === 'open';
    return { kind: 'stale', at: view.at, message: isOpen ? this.#unavailable : null };
  }

  /** Asks nothing of the view itself: whoever reads this alone is not woken by every change of a pool. */
  get isLive(): boolean {
    return this.#connection.state.kind === 'open' && this.#isCurrent && this.#unavailable === null;
  }

  /** The server's sentence while nobody runs the pool. */
  get unavailable(): string | null {
    return this.#connection.state.kind === 'open' ? this.#unavailable : null;
  }

  campaign(campaignId: CampaignId): CampaignView | null {
    return this.#view?.campaigns.find((campaign) => campaign.campaignId === campaignId) ?? null;
  }

  agentName(agentId: string | null): string | null {
    return agentId === null ? null : (this.#agentNames[agentId] ?? null);
  }

  get agents(): readonly AgentView[] {
    return this.#view?.agents ?? [];
  }

  /** Of a campaign that the pool does not run there is nothing to tell. */
  history(campaignId: CampaignId): CampaignHistory {
    return this.#histories[campaignId] ?? this.#nothing;
  }

  start(): void {
    this.#sampleTimer ??= setInterval(() => this.#sample(), 1000);
    this.#connection.start();
  }

  retryNow(): void {
    this.#connection.retryNow();
  }

  /** The machine has lost its network. */
  drop(): void {
    this.#connection.drop();
  }

  stop(): void {
    if (this.#sampleTimer !== null) clearInterval(this.#sampleTimer);
    this.#sampleTimer = null;
    this.#clearGap();
    this.#connection.stop();
  }

  #received(message: LiveMessage | null): void {
    if (message === null) return;
    switch (message.type) {
      case 'snapshot':
        this.#take(message.view, message.version);
        return;
      case 'delta': {
        const view = this.#view;
        if (view === null || !this.#isCurrent || message.version !== this.#version + 1)
          this.#waitForSnapshot();
        else this.#take(mergeDelta(view, message.delta), message.version);
        return;
      }
      case 'unavailable':
        this.#unavailable = message.message;
        return;
      default:
        // A newer server may say what we do not know yet.
        return;
    }
  }

  #take(view: PoolView, version: number): void {
    this.#clearGap();
    if (view.agents.some(({ agentId, name }) => this.#agentNames[agentId] !== name))
      this.#agentNames = Object.fromEntries(view.agents.map(({ agentId, name }) => [agentId, name]));
    this.#view = view;
    this.#version = version;
    this.#isCurrent = true;
    this.#unavailable = null;
    this.#clock.sync(view.at);
    this.#beginHistories(view);
  }

  /** Here and not where they are read first: state that a reader makes himself does not wake him. */
  #beginHistories(view: PoolView): void {
    for (const { campaignId } of view.campaigns) {
      if (this.#histories[campaignId]) continue;
      this.#histories = { ...this.#histories, [campaignId]: new CampaignHistory() };
    }
  }

  #setStale(): void {
    this.#isCurrent = false;
    this.#unavailable = null;
    this.#clearGap();
  }

  #waitForSnapshot(): void {
    this.#isCurrent = false;
    this.#gapTimer ??= setTimeout(() => {
      this.#gapTimer = null;
      this.#connection.drop();
    }, SNAPSHOT_WITHIN_MS);
  }

  #clearGap(): void {
    if (this.#gapTimer !== null) clearTimeout(this.#gapTimer);
    this.#gapTimer = null;
  }

  #sample(): void {
    const view = this.#view;
    if (view === null) return;
    const at = this.#clock.now;
    const talkingAgents = view.agents.filter((agent) => agent.state === 'talking').length;
    for (const campaign of view.campaigns) {
      this.history(campaign.campaignId).add(at, this.isLive ? { campaign, talkingAgents } : null);
    }
  }
}
