import { DEFAULT_RETRY_RULES } from '../../campaigns/retry-rule.ts';
import { fixedPeriodOf } from '../../compliance/abandonment.ts';
import { localDay } from '../../compliance/local-time.ts';
import type { CampaignSettings, Trunk } from '../../dialer/campaign-settings.ts';
import type { LedgerEntry } from '../../dialer/ledger-entry.ts';
import type { CampaignCounts } from '../../dialer/pool-event.ts';
import type { CampaignId, TrunkId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { hours, milliseconds, minutes, seconds, type EpochMs } from '../../kernel/time.ts';
import type { PeopleOf } from '../people.ts';
import type { Scenario } from '../scenario.schema.ts';
import { AnswerWindows } from './answer-windows.ts';
import { LeadBook, type LeadBookPorts } from './lead-book.ts';
import { Tally } from './tally.ts';
import type { Violation } from './violations.ts';

/** Zone of the campaigns' days. */
export const WORLD_ZONE = 'America/New_York';
const LINES_UNLIMITED = 1_000_000;

export interface WorldCampaignOptions {
  readonly scenario: Scenario;
  readonly index: number;
  readonly pacing: Pick<CampaignSettings, 'dialMode'> & { readonly linesPerAgent?: number };
  readonly book: Omit<LeadBookPorts, 'campaignId' | 'list'>;
  readonly violated: (violation: Violation) => void;
}

/** One campaign of the world: its people, its leads, what is true of it and what the product's ledger says. */
export class WorldCampaign {
  readonly id: CampaignId;
  readonly name: string;
  readonly people: PeopleOf;
  readonly trunk: Scenario['trunks'][number] | null;
  readonly book: LeadBook;
  readonly tally: Tally;
  readonly windows: AnswerWindows;
  settings: CampaignSettings;
  readonly #startedAt: EpochMs;
  #day = { key: '', humanAnswers: 0, abandoned: 0 };
  #period = { key: '', humanAnswers: 0, abandoned: 0 };

  constructor({ scenario, index, pacing, book, violated }: WorldCampaignOptions) {
    const own = scenario.campaigns?.[index];
    this.id = String(index + 1).padStart(2, '0') as CampaignId;
    this.name = own?.name ?? 'campaign';
    this.people = {
      ...scenario,
      outcomes: own?.outcomes ?? scenario.outcomes,
      talkSeconds: own?.talkSeconds ?? scenario.talkSeconds,
    };
    const trunkIndex = index % Math.max(1, scenario.trunks.length);
    this.trunk = scenario.trunks[trunkIndex] ?? null;
    this.book = new LeadBook({ ...book, campaignId: this.id, list: own?.list ?? scenario.list });
    this.#startedAt = Date.parse(scenario.startsAt) as EpochMs;
    const rateMax = own?.abandonRateMax ?? scenario.abandonRateMax;
    this.windows = new AnswerWindows({
      names: scenario.windows,
      rateMax,
      zone: WORLD_ZONE,
      startedAt: this.#startedAt,
    });
    this.tally = new Tally({
      legalMs: scenario.legalSeconds * 1000,
      violated,
      onHumanAnswer: (at, wasAbandoned) => {
        this.windows.count(at, wasAbandoned);
      },
    });
    this.settings = this.#newSettings(scenario, {
      dialMode: pacing.dialMode,
      linesPerAgent: pacing.linesPerAgent ?? 1,
      abandonRateMax: rateMax,
      priority: own?.priority ?? 0,
      trunk: productTrunk(this.trunk, trunkIndex),
    });
  }

  /** As the product's ledger has it. */
  stored(entry: LedgerEntry): void {
    for (const window of [this.#day, this.#period]) {
      window.humanAnswers += 1;
      if (entry.isAbandoned) window.abandoned += 1;
    }
  }

  /** As the runner does: read anew when the campaign's local day has turned; null while it has not. */
  newDay(now: EpochMs): CampaignCounts | null {
    const day = localDay(WORLD_ZONE, now);
    if (this.#day.key === day) return null;
    this.#day = { key: day, humanAnswers: 0, abandoned: 0 };
    const key = fixedPeriodOf(this.#startedAt, WORLD_ZONE, now).firstDay;
    if (this.#period.key !== key) this.#period = { key, humanAnswers: 0, abandoned: 0 };
    const { humanAnswers, abandoned } = this.#period;
    return {
      campaignId: this.id,
      today: { day, attempts: 0, humanAnswers: 0, abandoned: 0, connected: 0, refused: 0 },
      period: { startedAt: this.#startedAt, humanAnswers, abandoned },
      recent: [],
    };
  }

  #newSettings(
    scenario: Scenario,
    own: Pick<CampaignSettings, 'dialMode' | 'linesPerAgent' | 'abandonRateMax' | 'priority' | 'trunk'>,
  ): CampaignSettings {
    return {
      ...own,
      id: this.id,
      name: this.name,
      state: 'running',
      abandonTargetShare: 0.95,
      legalMs: seconds(scenario.legalSeconds),
      ringTimeoutMs: seconds(scenario.ringTimeoutSeconds),
      // The world's agents end their wrap-ups themselves.
      wrapUpMs: hours(2),
      callerId: '+12125550100' as PhoneNumber,
      messageFile: 'nobody-free-en.wav',
      timeZone: WORLD_ZONE,
      startsOn: null,
      endsOn: null,
      dailyHours: null,
      retryRules: DEFAULT_RETRY_RULES,
      previewMs: minutes(1),
      previewThen: 'skip',
      previewsMissedMax: 3,
      callbackOpenAfterMs: null,
      startedAt: this.#startedAt,
    };
  }
}

/** Campaigns on one trunk share its channels and its rate. */
function productTrunk(trunk: Scenario['trunks'][number] | null, index: number): Trunk {
  return {
    id: `trunk-${String(index)}` as TrunkId,
    dialTemplate: `sofia/trunk-${String(index)}/{number}`,
    numberFormat: 'e164',
    callerIdIn: 'from',
    codecs: 'PCMU',
    callsMax: trunk?.maxConcurrentCalls ?? LINES_UNLIMITED,
    pingMs: milliseconds(0),
    callsPerSecondMax: trunk?.maxCallsPerSecond ?? LINES_UNLIMITED,
  };
}
