import { callingWindowOf } from '../compliance/calling-window.ts';
import { useTestDatabase } from '../server/test-database.ts';
import { putBackLeads, zoneKeysOf } from './claim.store.ts';
import { describeLeadStore } from './lead-store.fixture.ts';
import { claim, commit, storedPool, storeLeads } from './stored-pool.fixture.ts';

const testDatabase = useTestDatabase();

describeLeadStore(async () => {
  const pool = await storedPool(testDatabase());
  const { organization, fence, seed } = pool;
  return {
    async store(leads) {
      const stored = await storeLeads(
        pool,
        leads.map(({ zone, ...lead }) => ({ ...lead, ...(zone !== undefined && { zoneKey: zone }) })),
      );
      return stored.map(({ leadId }) => leadId);
    },
    async claim(count, now) {
      const keys = await zoneKeysOf(organization, seed.campaignId);
      const zoneKeys = keys.filter((key) => callingWindowOf(key, now).isOpen);
      return zoneKeys.length === 0 ? [] : await claim(pool, { zoneKeys, count, now });
    },
    async commit(verdicts, now) {
      return (await commit(pool, verdicts, { now })).placed;
    },
    async putBack(leadIds) {
      await putBackLeads(organization, fence, { campaignId: seed.campaignId, leadIds });
    },
  };
});
