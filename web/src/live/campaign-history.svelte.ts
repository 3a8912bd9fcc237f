import type { EpochMs } from '../../../kernel/time.ts';
import type { CampaignView } from '../../../server/api.ts';

export const HISTORY_MS = 600_000;
/** Answers are counted over this long: single seconds would be a comb. */
export const ANSWERS_PER_MS = 10_000;

export interface Sample {
  readonly at: EpochMs;
  /** Ringing, waiting and talking; null while the figures were not live. */
  readonly lines: number | null;
  readonly talkingAgents: number | null;
  /** Of the campaign's day so far. */
  readonly humanAnswers: number | null;
}

/** The figures of one campaign second by second, for ten minutes at most. */
export class CampaignHistory {
  #samples = $state.raw<readonly Sample[]>([]);

  /** `now` is null for a second of which we know nothing. */
  add(at: EpochMs, now: { readonly campaign: CampaignView; readonly talkingAgents: number } | null): void {
    const { campaign } = now ?? {};
    const sample: Sample = {
      at,
      lines: campaign ? campaign.ringing + campaign.waiting + campaign.talking : null,
      talkingAgents: now?.talkingAgents ?? null,
      humanAnswers: campaign?.today.humanAnswers ?? null,
    };
    this.#samples = [...this.#samples.filter((other) => other.at >= at - HISTORY_MS), sample];
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }
}

/** Human answers of the ten seconds before each sample; null where one of both ends is unknown. */
export function answersPerTenSeconds(samples: readonly Sample[]): (number | null)[] {
  let from = 0;
  return samples.map((sample) => {
    while ((samples[from]?.at ?? sample.at) < sample.at - ANSWERS_PER_MS) from += 1;
    const before = samples[from]?.humanAnswers ?? null;
    if (sample.humanAnswers === null || before === null) return null;
    // The counts begin again with the campaign's day.
    return Math.max(0, sample.humanAnswers - before);
  });
}
