import type { Author, CampaignChange } from '../../campaigns/campaign-change.store.ts';
import { readCampaign, type ChangeRefusal, type UnknownReference } from '../../campaigns/campaign.store.ts';
import {
  CHANGE_PROBLEM_SENTENCES,
  START_PROBLEM_SENTENCES,
  startProblemsOf,
  type Campaign as StoredCampaign,
} from '../../campaigns/campaign.ts';
import { fieldOfProblem, settingsProblemSentence } from '../../campaigns/settings-problem.ts';
import { unreachable } from '../../kernel/assert.ts';
import type { CampaignId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Campaign } from '../api/campaign.schema.ts';
import type { SignedIn } from '../auth/signed-in.ts';
import type { RoutePorts } from '../http-app.ts';
import { violatedUnique } from '../http-error.ts';
import { conflict, HttpProblem, notFound, wrongInput } from '../http-problem.ts';

type Ports = Pick<RoutePorts, 'clock' | 'newId'>;

/** @throws HttpProblem (404) when there is none in his organization. */
export async function storedCampaign(me: SignedIn, campaignId: CampaignId): Promise<StoredCampaign> {
  const campaign = await readCampaign(me.database.query, me.organizationId, campaignId);
  if (!campaign) throw notFound('campaign');
  return campaign;
}

export async function showCampaign(
  me: SignedIn,
  campaignId: CampaignId,
  { clock }: Ports,
): Promise<Campaign> {
  return shownCampaign(await storedCampaign(me, campaignId), me, clock.now());
}

/** With what keeps it from starting, in his language. */
export function shownCampaign(campaign: StoredCampaign, { locale }: SignedIn, now: EpochMs): Campaign {
  return {
    ...campaign,
    lists: [...campaign.lists],
    form: campaign.form.map((field) => ({ ...field, options: [...field.options] })),
    dailyHours: campaign.dailyHours?.map((hours) => [...hours]) ?? null,
    startProblems: startProblemsOf(campaign, now).map((problem) => START_PROBLEM_SENTENCES[locale][problem]),
  };
}

export const authorOf = ({ userId, apiKeyId }: SignedIn, { clock, newId }: Ports): Author => ({
  userId: apiKeyId === null ? userId : null,
  at: clock.now(),
  newId,
});

export function refusedChange(refusal: ChangeRefusal, me: SignedIn): HttpProblem {
  switch (refusal.problem) {
    case 'unknown-campaign':
      return notFound('campaign');
    case 'unknown-pool':
    case 'unknown-trunk':
    case 'wrong-settings':
      return refusedSettings(refusal, me);
    case 'changed-meanwhile':
      return changedMeanwhile(refusal.by, me);
    case 'finished':
    case 'pool-while-running':
    case 'pool-while-calling':
    case 'zone-after-start':
      return conflict(refusal.problem, CHANGE_PROBLEM_SENTENCES[me.locale][refusal.problem]);
    default:
      return unreachable(refusal);
  }
}

type SettingsRefusal = Extract<ChangeRefusal, { problem: UnknownReference | 'wrong-settings' }>;

export function refusedSettings(refusal: SettingsRefusal, { locale }: SignedIn): HttpProblem {
  switch (refusal.problem) {
    case 'unknown-pool':
      return wrongInput('poolId', 'There is no such pool.');
    case 'unknown-trunk':
      return wrongInput('trunkId', 'There is no such trunk.');
    case 'wrong-settings':
      return wrongInput(fieldOfProblem(refusal.wrong), settingsProblemSentence(refusal.wrong, locale));
    default:
      return unreachable(refusal);
  }
}

function changedMeanwhile([first]: readonly CampaignChange[], { locale }: SignedIn): HttpProblem {
  const isEnglish = locale === 'en';
  const who = first?.userName ?? (isEnglish ? 'Somebody' : '有人');
  const message = isEnglish
    ? `${who} changed this while you were editing. What you typed is still here: save again to put it in its place.`
    : `您编辑期间，${who} 修改了此项。您输入的内容仍在：再次保存即可覆盖。`;
  return new HttpProblem(409, 'changed-meanwhile', { message, ...(first ? { field: first.field } : {}) });
}

/** @throws HttpProblem (409) when the name is taken. */
export async function explainClash<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (violatedUnique(error) === null) throw error;
    throw conflict('name-taken', 'There is a campaign of this name already; choose another one.');
  }
}
