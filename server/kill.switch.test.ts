import { expect, test } from 'vitest';
import { runKillTrial } from './kill-trial.ts';
import { createTestDatabase } from './test-database.ts';

// Together: each has its own database, processes and switch, and mostly waits.
test.concurrent.each([1, 2, 3])(
  'owners killed and stopped at random moments call nobody twice, lose no call and cut no talk (seed %i)',
  async (seed) => {
    const { url, drop } = await createTestDatabase();
    try {
      const result = await runKillTrial({ databaseUrl: url, seed, blows: 2, say: () => undefined });
      expect(result.broken).toEqual([]);
      expect(result.takeovers).toBe(2);
      expect(result.connected).toBeGreaterThan(20);
    } finally {
      await drop();
    }
  },
  240_000,
);
