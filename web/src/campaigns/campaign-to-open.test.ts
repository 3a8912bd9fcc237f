import { expect, test } from 'vitest';
import type { Campaign } from '../../../server/api.ts';
import { campaignToOpen } from './campaign-to-open.ts';

const campaign = (id: string, state: Campaign['state'], startedAt: number | null) => ({
  campaignId: id as Campaign['campaignId'],
  state,
  startedAt: startedAt as Campaign['startedAt'],
});

test('opens the running campaign that started last, else the paused one, else none', () => {
  const running = [campaign('a', 'running', 1), campaign('b', 'running', 9), campaign('c', 'paused', 20)];
  expect(campaignToOpen(running)).toBe('b');
  expect(campaignToOpen([campaign('c', 'paused', 20), campaign('d', 'draft', null)])).toBe('c');
  expect(campaignToOpen([campaign('d', 'draft', null)])).toBeNull();
});
