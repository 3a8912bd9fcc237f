import { describe, expect, test } from 'vitest';
import type { CampaignId, PoolId } from '../kernel/ids.ts';
import type { PhoneNumber } from '../kernel/phone.ts';
import { useTestDatabase, type TestDatabase } from '../server/test-database.ts';
import { NOON } from './candidate.fixture.ts';
import {
  addDoNotCall,
  DO_NOT_CALL_CHANNEL,
  doNotCallScope,
  listDoNotCall,
  listedAmong,
  removeDoNotCall,
  type NewDoNotCallEntry,
} from './do-not-call.store.ts';

const testDatabase = useTestDatabase();

const phone = (n: number): PhoneNumber => `+1305555${String(n).padStart(4, '0')}` as PhoneNumber;

function entry(n: number, campaignId: CampaignId | null = null): NewDoNotCallEntry {
  return { phone: phone(n), campaignId, source: 'officer', addedBy: null, addedAt: NOON };
}

async function makeCampaign({ organization, organizationId, newId }: TestDatabase): Promise<CampaignId> {
  const poolId = newId<PoolId>(NOON);
  const campaignId = newId<CampaignId>(NOON);
  await organization.query`
    insert into pool (pool_id, organization_id, name) values (${poolId}, ${organizationId}, ${poolId})`;
  await organization.query`
    insert into campaign (campaign_id, organization_id, pool_id, name, time_zone, created_at)
    values (${campaignId}, ${organizationId}, ${poolId}, ${`Campaign ${campaignId}`}, 'America/New_York', ${new Date(NOON)})`;
  return campaignId;
}

test('an entry is in force for the organization or for one campaign, and its first date stays', async () => {
  const { organization, organizationId } = testDatabase();
  const { query } = organization;
  const campaignId = await makeCampaign(testDatabase());
  expect(await addDoNotCall(query, organizationId, [entry(1), entry(2, campaignId)])).toBe(2);
  expect(
    await addDoNotCall(query, organizationId, [{ ...entry(1), addedAt: (NOON + 1) as typeof NOON }]),
  ).toBe(0);
  const scopeOf = (n: number, campaign: CampaignId | null) =>
    doNotCallScope(query, organizationId, { phone: phone(n), campaignId: campaign });
  expect(await scopeOf(1, campaignId)).toBe('organization');
  expect(await scopeOf(1, null)).toBe('organization');
  expect(await scopeOf(2, campaignId)).toBe('campaign');
  expect(await scopeOf(2, null)).toBeNull();
  expect(await scopeOf(3, campaignId)).toBeNull();
  const { entries } = await listDoNotCall(query, organizationId, { phone: phone(1), limit: 10 });
  expect(entries).toMatchObject([{ phone: phone(1), campaignId: null, addedAt: NOON, source: 'officer' }]);
});

test('taking an entry off the list leaves that of the other scope', async () => {
  const { organization, organizationId } = testDatabase();
  const { query } = organization;
  const campaignId = await makeCampaign(testDatabase());
  await addDoNotCall(query, organizationId, [entry(11), entry(11, campaignId)]);
  expect(await removeDoNotCall(query, organizationId, { phone: phone(11), campaignId: null })).toBe(true);
  expect(await removeDoNotCall(query, organizationId, { phone: phone(11), campaignId: null })).toBe(false);
  expect(await listedAmong(query, organizationId, [phone(11), phone(12)])).toEqual([
    { phone: phone(11), campaignId },
  ]);
});

test('the list is read page by page without gaps or repeats', async () => {
  const { database, makeOrganization } = testDatabase();
  const organizationId = await makeOrganization('Paged');
  const { query } = database.organization(organizationId);
  await addDoNotCall(
    query,
    organizationId,
    Array.from({ length: 25 }, (_, n) => entry(100 + n)),
  );
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await listDoNotCall(query, organizationId, { limit: 10, after });
    seen.push(...page.entries.map((found) => found.phone));
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => phone(100 + n)));
});

describe('owners are woken', () => {
  test('by the commit of an entry that is new, with the organization’s id', async () => {
    const { database, organization, organizationId } = testDatabase();
    const payloads: string[] = [];
    let heard = (): void => undefined;
    await new Promise<void>((subscribed) => {
      const hear = (payload: string): void => {
        payloads.push(payload);
        heard();
      };
      database.listen(DO_NOT_CALL_CHANNEL, hear, subscribed);
    });
    const next = () => new Promise<void>((resolve) => (heard = resolve));
    let notified = next();
    await organization.tx(async (query) => {
      await addDoNotCall(query, organizationId, [entry(201)]);
      expect(payloads).toEqual([]);
    });
    await notified;
    expect(payloads).toEqual([organizationId]);
    notified = next();
    await addDoNotCall(organization.query, organizationId, [entry(201)]);
    await removeDoNotCall(organization.query, organizationId, { phone: phone(201), campaignId: null });
    await notified;
    // The entry that was there already woke nobody: this is the removal.
    expect(payloads).toHaveLength(2);
  });
});

test('another organization neither sees nor changes the list', async () => {
  const { database, organization, organizationId, makeOrganization } = testDatabase();
  await addDoNotCall(organization.query, organizationId, [entry(301)]);
  const other = await makeOrganization('Other');
  const { query } = database.organization(other);
  expect((await listDoNotCall(query, other, { phone: phone(301), limit: 10 })).entries).toEqual([]);
  // Not even by giving the other one's id.
  expect(await removeDoNotCall(query, organizationId, { phone: phone(301), campaignId: null })).toBe(false);
  await expect(addDoNotCall(query, organizationId, [entry(302)])).rejects.toThrow(/row-level security/);
});
