import { fireEvent, render, screen } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import type { CampaignId } from '../../../kernel/ids.ts';
import { CampaignHistory } from './campaign-history.svelte.ts';
import LiveCharts from './live-charts.svelte';

// The chart asks for it when it is loaded.
vi.hoisted(() => {
  window.matchMedia = () => new EventTarget() as MediaQueryList;
});
afterEach(() => void vi.unstubAllGlobals());

const MINUTES = [0, 60_000].map((ms) => Date.UTC(2026, 10, 20) + ms);
const DAY = {
  dayStart: MINUTES[0],
  at: MINUTES,
  linesMax: [1, 2],
  talkingMean: [1, 2],
  attempts: [1, 2],
  humanAnswers: [1, 2],
  connected: [1, 2],
  abandoned: [0, 0],
  agents: { talking: [1, 2] },
};

/** Nothing has a size here. */
class NoSizes {
  observe(): void {
    return;
  }
  unobserve(): void {
    return;
  }
}

test('the course of a day is asked for once, and its answer does not ask for the next one', async () => {
  const asked = vi.fn(() => Promise.resolve(Response.json(DAY)));
  vi.stubGlobal('fetch', asked);
  vi.stubGlobal('ResizeObserver', NoSizes);
  render(LiveCharts, {
    campaignId: 'c1' as CampaignId,
    history: new CampaignHistory(),
    limits: { rateMax: 0.03, rateTarget: 0.0285 },
  });
  await fireEvent.change(screen.getByRole('combobox'), { target: { value: 'agents' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Table' }));
  await vi.waitFor(() => expect(screen.getAllByRole('row').length).toBeGreaterThan(1));
  for (let i = 0; i < 50; i += 1) await tick();
  expect(asked).toHaveBeenCalledTimes(1);
});
