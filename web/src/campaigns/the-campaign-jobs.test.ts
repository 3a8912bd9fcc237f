import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TheCampaignJobs, type CampaignJob } from './the-campaign-jobs.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const job = (leadsDone: number, changes: Partial<CampaignJob> = {}): CampaignJob => ({
  jobId: 'one',
  kind: 'attach-list',
  listId: null,
  listName: 'December',
  state: 'running',
  leadsExpected: 100_000,
  leadsDone,
  startedAt: 0 as CampaignJob['startedAt'],
  ...changes,
});

/** A server that says one thing after the other. */
function following(answers: readonly (readonly CampaignJob[] | null)[]) {
  let asked = 0;
  let ended = 0;
  const jobs = new TheCampaignJobs({
    read: () => {
      const answer = answers[Math.min(asked, answers.length - 1)];
      asked += 1;
      return answer ? Promise.resolve({ jobs: [...answer] }) : Promise.reject(new Error('gone'));
    },
    monotonic: () => Date.now(),
    onEnded: () => (ended += 1),
  });
  return { jobs, asked: () => asked, ended: () => ended };
}

test('a job shows how far it is, its pace and the time left, and its end is told once', async () => {
  const { jobs, asked, ended } = following([[job(0)], [job(10_000)], null, [job(40_000)], []]);
  await jobs.look();
  expect(jobs.jobs).toMatchObject([{ doneRate: 0, leadsPerSecond: null, secondsLeft: null }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(jobs.jobs).toMatchObject([{ doneRate: 0.1, leadsPerSecond: 10_000, secondsLeft: 9 }]);
  // An answer that did not come changes nothing, and is asked for again.
  await vi.advanceTimersByTimeAsync(1000);
  expect(jobs.jobs).toMatchObject([{ doneRate: 0.1 }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(jobs.jobs[0]?.leadsPerSecond).toBeCloseTo(40_000 / 3);
  expect(ended()).toBe(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(jobs.jobs).toEqual([]);
  expect(ended()).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(5);
});

test('one that begins anew is measured anew, and one that failed is shown and not asked for again', async () => {
  const { jobs, asked, ended } = following([[job(50_000)], [job(0)], [job(0, { state: 'failed' })]]);
  await jobs.look();
  await vi.advanceTimersByTimeAsync(1000);
  expect(jobs.jobs).toMatchObject([{ doneRate: 0, leadsPerSecond: null }]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(jobs.jobs).toMatchObject([{ job: { state: 'failed' } }]);
  expect(ended()).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(3);
});

test('nobody asks after the page was left', async () => {
  const { jobs, asked } = following([[job(0)]]);
  await jobs.look();
  jobs.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(1);
});
