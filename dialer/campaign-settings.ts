import {
  campaignOpening,
  hasEnded,
  type CampaignOpening,
  type CampaignSchedule,
} from '../campaigns/campaign-hours.ts';
import type { DialMode, PreviewEnd } from '../campaigns/campaign.ts';
import type { RetryRules } from '../campaigns/retry-rule.ts';
import type { CampaignId, TrunkId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import type { DurationMs, EpochMs } from '../kernel/time.ts';
import type { TrunkSettings } from './telephony.ts';

/** A trunk with its limits; tokens of both are taken before leads are claimed. */
export interface Trunk extends TrunkSettings {
  readonly id: TrunkId;
  readonly callsMax: number;
  readonly callsPerSecondMax: number;
  /** How often the switch is asked about the trunk's gateway; 0 = never. */
  readonly pingMs: DurationMs;
}

/** What the loop needs of a campaign, read again whenever somebody changed it. */
export interface CampaignSettings extends CampaignSchedule {
  readonly id: CampaignId;
  readonly name: string;
  readonly state: 'draft' | 'running' | 'paused' | 'finished';
  readonly dialMode: DialMode;
  readonly linesPerAgent: number;
  readonly abandonRateMax: number;
  readonly abandonTargetShare: number;
  /** After the answer an agent's audio must come within this. */
  readonly legalMs: DurationMs;
  readonly ringTimeoutMs: DurationMs;
  readonly wrapUpMs: DurationMs;
  /** A running campaign has both; the start check sees to it. */
  readonly callerId: PhoneNumber | null;
  readonly trunk: Trunk | null;
  readonly messageFile: string;
  /** In force: the product's own rules with what the campaign changed. */
  readonly retryRules: RetryRules;
  /** How long a lead is reserved for an agent who looks at it, and what happens then. */
  readonly previewMs: DurationMs;
  readonly previewThen: PreviewEnd;
  /** An agent is paused after so many previews in a row whose time ran out; null = never. */
  readonly previewsMissedMax: number | null;
  /** Anyone may take a callback whose own agent has been absent for so long; null = it waits for him. */
  readonly callbackOpenAfterMs: DurationMs | null;
  readonly priority: number;
  readonly startedAt: EpochMs | null;
}

/** The campaign's own hours. After its last day it keeps what it has promised: only appointments are claimed then. */
export function openingOf(settings: CampaignSettings, now: EpochMs): CampaignOpening {
  return campaignOpening(hasEnded(settings, now) ? { ...settings, endsOn: null } : settings, now);
}

/** It is running and within its own days and hours. */
export const isDialling = (settings: CampaignSettings, now: EpochMs): boolean =>
  settings.state === 'running' && openingOf(settings, now).isOpen;
