import type { PoolView } from '../dialer/live-view.ts';
import type { CampaignId } from '../kernel/ids.ts';
import type { EpochMs } from '../kernel/time.ts';

const MINUTE_MS = 60_000;

/** One minute of one campaign as its owner saw it. Day counts are those at the minute's end. */
export interface LiveMinute {
  readonly campaignId: CampaignId;
  readonly minute: EpochMs;
  readonly linesMax: number;
  readonly linesMean: number;
  readonly talkingMean: number;
  readonly attempts: number;
  readonly humanAnswers: number;
  readonly connected: number;
  readonly abandoned: number;
  /** Agents of the pool by state. */
  readonly agents: Readonly<Record<string, number>>;
}

interface Tally {
  readonly minute: EpochMs;
  looks: number;
  linesMax: number;
  linesSum: number;
  talkingSum: number;
  last: PoolView['campaigns'][number];
}

export const minuteOf = (at: number): EpochMs => (Math.floor(at / MINUTE_MS) * MINUTE_MS) as EpochMs;

/** Gathers looks at a pool into minutes. */
export class MinuteTally {
  readonly #tallies = new Map<CampaignId, Tally>();
  #agents: Readonly<Record<string, number>> = {};

  /** Takes a look; returns the minutes that it has ended. */
  add(view: PoolView): readonly LiveMinute[] {
    const minute = minuteOf(view.at);
    const ended = this.take((tally) => tally.minute !== minute);
    this.#agents = countByState(view.agents);
    for (const campaign of view.campaigns) {
      const { campaignId, ringing, waiting, talking, state } = campaign;
      const lines = ringing + waiting + talking;
      // A campaign at rest has nothing to tell.
      if (state !== 'running' && lines === 0) continue;
      const tally = this.#tallies.get(campaignId) ?? {
        minute,
        looks: 0,
        linesMax: 0,
        linesSum: 0,
        talkingSum: 0,
        last: campaign,
      };
      tally.looks += 1;
      tally.linesMax = Math.max(tally.linesMax, lines);
      tally.linesSum += lines;
      tally.talkingSum += talking;
      tally.last = campaign;
      this.#tallies.set(campaignId, tally);
    }
    return ended;
  }

  /** Ends the minutes that fit before their time: at the end of the process all of them. */
  take(fits: (tally: { readonly minute: EpochMs }) => boolean = () => true): readonly LiveMinute[] {
    const taken: LiveMinute[] = [];
    for (const [campaignId, tally] of [...this.#tallies]) {
      if (!fits(tally)) continue;
      this.#tallies.delete(campaignId);
      const { minute, looks, linesMax, linesSum, talkingSum, last } = tally;
      const { attempts, humanAnswers, connected, abandoned } = last.today;
      taken.push({
        campaignId,
        minute,
        linesMax,
        linesMean: linesSum / looks,
        talkingMean: talkingSum / looks,
        attempts,
        humanAnswers,
        connected,
        abandoned,
        agents: this.#agents,
      });
    }
    return taken;
  }
}

function countByState(agents: PoolView['agents']): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of agents) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
