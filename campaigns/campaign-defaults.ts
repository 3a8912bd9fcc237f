import type { CampaignSettings } from './campaign.ts';

/** Settings that every campaign must be given; all others have a default. */
export type GivenSettings = Pick<CampaignSettings, 'name' | 'poolId' | 'timeZone'>;
export type NewCampaignSettings = GivenSettings & Partial<CampaignSettings>;

/** What the product sets when nobody says otherwise. */
export const CAMPAIGN_DEFAULTS: Omit<CampaignSettings, keyof GivenSettings> = {
  kind: 'telemarketing',
  trunkId: null,
  dialMode: 'progressive',
  linesPerAgent: 1,
  abandonRateMax: 0.03,
  abandonTargetShare: 0.95,
  legalMs: 2000,
  ringTimeoutMs: 25_000,
  wrapUpMs: 30_000,
  callerId: null,
  messageFile: 'nobody-free-en.wav',
  startsOn: null,
  endsOn: null,
  dailyHours: null,
  retryRules: {},
  attemptsPerLeadMax: 6,
  attemptsPerNumberMax: null,
  attemptsPerNumberDayMax: 3,
  attemptsPerLeadDayMax: null,
  script: '',
  form: [],
  previewMs: 60_000,
  previewThen: 'skip',
  previewsMissedMax: 3,
  callbackOpenAfterMs: null,
  priority: 0,
};
