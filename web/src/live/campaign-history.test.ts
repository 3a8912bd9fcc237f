import { expect, test } from 'vitest';
import { answersPerTenSeconds, CampaignHistory, HISTORY_MS } from './campaign-history.svelte.ts';
import { at, campaignView } from './fake-socket.fixture.ts';

const withAnswers = (humanAnswers: number) => ({
  campaign: campaignView({ today: { ...campaignView().today, humanAnswers } }),
  talkingAgents: 1,
});

test('counts the answers of the ten seconds before each moment', () => {
  const history = new CampaignHistory();
  for (let second = 0; second <= 20; second += 1) history.add(at(second * 1000), withAnswers(100 + second));
  const answers = answersPerTenSeconds(history.samples);
  expect(answers[0]).toBe(0);
  expect(answers[5]).toBe(5);
  expect(answers[20]).toBe(10);
});

test('knows no answers across a gap, and begins again with the campaign’s day', () => {
  const history = new CampaignHistory();
  history.add(at(0), null);
  history.add(at(1000), withAnswers(7));
  expect(answersPerTenSeconds(history.samples)).toEqual([null, null]);
  history.add(at(20_000), withAnswers(900));
  history.add(at(21_000), withAnswers(2));
  expect(answersPerTenSeconds(history.samples).at(-1)).toBe(0);
});

test('forgets what is older than ten minutes', () => {
  const history = new CampaignHistory();
  history.add(at(0), withAnswers(1));
  history.add(at(HISTORY_MS), withAnswers(2));
  expect(history.samples).toHaveLength(2);
  history.add(at(HISTORY_MS + 1), withAnswers(3));
  expect(history.samples.map((sample) => sample.humanAnswers)).toEqual([2, 3]);
});
