import { expect, test } from 'vitest';
import type { PoolView } from '../../dialer/live-view.ts';
import { localDay, startOfLocalDay } from '../../compliance/local-time.ts';
import type { CampaignId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { LiveMinutes } from '../api/live-minute.schema.ts';
import { systemClock } from '../clock.ts';
import { forgetMinutes, putMinutes } from '../live-minute.store.ts';
import { minuteOf, MinuteTally, type LiveMinute } from '../live-minutes.ts';
import { useTestHttp } from '../test-http.ts';

const http = useTestHttp();
const ZONE = 'Asia/Shanghai';

async function campaign(): Promise<CampaignId> {
  const { database, addPool } = http();
  const { organization, organizationId, newId } = database;
  const campaignId = newId<CampaignId>(systemClock.now());
  await organization.query`
    insert into campaign (campaign_id, organization_id, pool_id, name, time_zone, created_at)
    values (${campaignId}, ${organizationId}, ${await addPool()}, ${campaignId}, ${ZONE}, ${new Date(0)})`;
  return campaignId;
}

const minute = (campaignId: CampaignId, at: number, change: Partial<LiveMinute> = {}): LiveMinute => ({
  campaignId,
  minute: at as EpochMs,
  linesMax: 7,
  linesMean: 4.5,
  talkingMean: 2.25,
  attempts: 100,
  humanAnswers: 30,
  connected: 29,
  abandoned: 1,
  agents: { talking: 2, ready: 1 },
  ...change,
});

test('a campaign’s local day is shown from its beginning, and after a restart in the middle of a minute', async () => {
  const { database, signedIn } = http();
  const { organization, organizationId } = database;
  const campaignId = await campaign();
  const dayStart = startOfLocalDay(ZONE, localDay(ZONE, systemClock.now()));
  const put = (...minutes: readonly LiveMinute[]) => putMinutes(organization, organizationId, minutes);
  await put(minute(campaignId, dayStart - 60_000), minute(campaignId, dayStart));
  await put(minute(campaignId, dayStart, { linesMax: 3, attempts: 104, agents: { talking: 3 } }));
  const supervisor = await signedIn('supervisor');
  const path = `/api/campaigns/${campaignId}/minutes`;
  const { body } = await supervisor.get<LiveMinutes>(path);
  expect(body).toMatchObject({
    dayStart,
    at: [dayStart],
    linesMax: [7],
    attempts: [104],
    talkingMean: [2.3],
  });
  expect(body.agents).toEqual({ talking: [3] });
  expect((await supervisor.get<LiveMinutes>(`${path}?since=${String(dayStart + 1)}`)).body.at).toEqual([]);
  const strange = await signedIn('supervisor', {
    organizationId: await database.makeOrganization('Strangers'),
  });
  expect((await strange.get(path)).status).toBe(404);
  await forgetMinutes(organization, (dayStart + 1) as EpochMs);
  expect((await supervisor.get<LiveMinutes>(path)).body.at).toEqual([]);
});

test('looks at a pool become minutes: the most lines, their mean, the day’s counts at the end', () => {
  const tally = new MinuteTally();
  const look = (at: number, ringing: number, attempts: number) =>
    tally.add({
      at,
      agents: [{ state: 'ready' }, { state: 'talking' }],
      campaigns: [
        {
          campaignId: 'c',
          state: 'running',
          ringing,
          waiting: 0,
          talking: 1,
          today: { attempts, humanAnswers: 1, connected: 1, abandoned: 0 },
        },
      ],
    } as unknown as PoolView);
  expect(look(120_000, 2, 10)).toEqual([]);
  expect(look(150_000, 5, 11)).toEqual([]);
  const [ended] = look(180_000, 0, 12);
  expect(ended).toMatchObject({ minute: 120_000, linesMax: 6, linesMean: 4.5, talkingMean: 1, attempts: 11 });
  expect(ended?.agents).toEqual({ ready: 1, talking: 1 });
  expect(tally.take()).toMatchObject([{ minute: 180_000, attempts: 12 }]);
  expect(tally.take()).toEqual([]);
  expect(minuteOf(179_999)).toBe(120_000);
});
