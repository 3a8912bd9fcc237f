import { expect, test } from 'vitest';
import type { CampaignId, LeadId } from '../kernel/ids.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { NOON } from './candidate.fixture.ts';
import { refusalsOfCampaign, refusalsOfLead, type StoredRefusal } from './refusal.store.ts';

const testDatabase = useTestDatabase();

test('refusals are read the newest first, page by page, also those of one moment', async () => {
  const { organization, organizationId, newId, database, makeOrganization } = testDatabase();
  const { query } = organization;
  const campaignId = newId<CampaignId>(NOON);
  const leads = Array.from({ length: 5 }, () => newId<LeadId>(NOON));
  for (const moment of [NOON, NOON - 1000]) {
    for (const leadId of leads) {
      await query`
        insert into refusal (organization_id, at, campaign_id, lead_id, phone, rule, rules_version, facts, retry_at)
        values (${organizationId}, ${new Date(moment)}, ${campaignId}, ${leadId}, '+13055550101', 'do-not-call', '1',
                '{"scope":"organization"}', null)`;
    }
  }
  const key = { organizationId, campaignId };
  const seen: StoredRefusal[] = [];
  for (;;) {
    const page = await refusalsOfCampaign(query, key, { before: seen.at(-1), limit: 3 });
    seen.push(...page);
    if (page.length < 3) break;
  }
  expect(seen).toHaveLength(10);
  expect(new Set(seen.map(({ at, leadId }) => `${at} ${leadId}`)).size).toBe(10);
  expect(seen.map(({ at }) => at)).toEqual([
    ...Array<number>(5).fill(NOON),
    ...Array<number>(5).fill(NOON - 1000),
  ]);
  const [leadId] = leads;
  const ofLead = await refusalsOfLead(query, { organizationId, leadId: leadId! }, { limit: 10 });
  expect(ofLead).toMatchObject([
    { at: NOON, rule: 'do-not-call', rulesVersion: '1', facts: { scope: 'organization' }, retryAt: null },
    { at: NOON - 1000 },
  ]);
  const other = database.organization(await makeOrganization('Other'));
  expect(await refusalsOfCampaign(other.query, key, { limit: 10 })).toEqual([]);
});
