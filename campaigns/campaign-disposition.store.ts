import type { OrganizationDatabase, Query } from '../kernel/database.ts';
import { listCampaignDispositions } from './agent-word.store.ts';
import { recordChanges, type Author } from './campaign-change.store.ts';
import { CAMPAIGN_CHANNEL, type CampaignKey } from './campaign.store.ts';
import type { Disposition } from './disposition.ts';

export interface ChosenDisposition {
  readonly code: string;
  /** In this campaign; null = as in the organization. */
  readonly hotKey: string | null;
}

export interface CampaignDispositions {
  /** False: it offers every word that is in use. */
  readonly isOwnChoice: boolean;
  readonly dispositions: readonly Disposition[];
}

export async function readCampaignDispositions(
  query: Query,
  { organizationId, campaignId }: CampaignKey,
): Promise<CampaignDispositions> {
  const [own] = await query<{ isOwnChoice: boolean }>`
    select exists (select from campaign_disposition
                    where organization_id = ${organizationId} and campaign_id = ${campaignId}) as "isOwnChoice"`;
  const dispositions = await listCampaignDispositions(query, organizationId, campaignId);
  return { isOwnChoice: own?.isOwnChoice ?? false, dispositions };
}

export type ChoiceRefusal =
  | { readonly ok: false; readonly problem: 'unknown-campaign' }
  | { readonly ok: false; readonly problem: 'unknown-code'; readonly code: string }
  | {
      readonly ok: false;
      readonly problem: 'key-twice';
      readonly hotKey: string;
      readonly labels: readonly string[];
    };

/** Sets what a campaign offers, in this order; an empty choice offers every word that is in use. */
export async function chooseDispositions(
  database: OrganizationDatabase,
  key: CampaignKey,
  { choice, author }: { readonly choice: readonly ChosenDisposition[]; readonly author: Author },
): Promise<{ readonly ok: true } | ChoiceRefusal> {
  try {
    await database.tx(async (query) => {
      const [campaign] = await query<{ version: number }>`
        update campaign set version = version + 1
         where organization_id = ${key.organizationId} and campaign_id = ${key.campaignId} returning version`;
      if (!campaign) throw new Refused({ ok: false, problem: 'unknown-campaign' });
      const before = await readCampaignDispositions(query, key);
      await writeChoice(query, key, choice);
      const after = await readCampaignDispositions(query, key);
      const clash = clashOf(after.dispositions);
      if (clash) throw new Refused({ ok: false, problem: 'key-twice', ...clash });
      const changes = [{ field: 'dispositions', before: namesOf(before), after: namesOf(after) }];
      await recordChanges(query, author, { ...key, version: campaign.version, changes });
      await query`select pg_notify(${CAMPAIGN_CHANNEL}, ${key.organizationId})`;
    });
    return { ok: true };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

async function writeChoice(
  query: Query,
  key: CampaignKey,
  choice: readonly ChosenDisposition[],
): Promise<void> {
  const { organizationId, campaignId } = key;
  const codes = choice.map(({ code }) => code);
  const known = await query<{ code: string }>`
    select code from disposition
     where organization_id = ${organizationId} and code = any(${codes}::text[]) and is_active`;
  const unknown = choice.find(({ code }) => !known.some((word) => word.code === code));
  if (unknown) throw new Refused({ ok: false, problem: 'unknown-code', code: unknown.code });
  await query`
    delete from campaign_disposition where organization_id = ${organizationId} and campaign_id = ${campaignId}`;
  const rows = choice.map(({ code, hotKey }, position) => ({ code, hot_key: hotKey, position }));
  await query`
    insert into campaign_disposition (campaign_id, organization_id, code, position, hot_key)
    select ${campaignId}, ${organizationId}, code, position, hot_key
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as x(code text, position int, hot_key text)`;
}

/** Leaves the transaction, so that nothing of it stays. */
class Refused extends Error {
  readonly refusal: ChoiceRefusal;

  constructor(refusal: ChoiceRefusal) {
    super(refusal.problem);
    this.refusal = refusal;
  }
}

const namesOf = ({ isOwnChoice, dispositions }: CampaignDispositions): readonly string[] | null =>
  isOwnChoice ? dispositions.map(({ label }) => label) : null;

/** Two words under one key: an agent's key press would mean either. */
export function clashOf(
  dispositions: readonly Pick<Disposition, 'label' | 'hotKey'>[],
): { readonly hotKey: string; readonly labels: readonly string[] } | null {
  for (const { hotKey } of dispositions) {
    const labels = dispositions.filter((other) => other.hotKey === hotKey).map(({ label }) => label);
    if (hotKey !== null && labels.length > 1) return { hotKey, labels };
  }
  return null;
}
