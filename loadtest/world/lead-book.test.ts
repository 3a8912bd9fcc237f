import { expect, test } from 'vitest';
import { clear } from '../../compliance/gate.ts';
import { callingWindowOf } from '../../compliance/calling-window.ts';
import type { CampaignId, OrganizationId } from '../../kernel/ids.ts';
import type { PhoneNumber } from '../../kernel/phone.ts';
import { seededRandom } from '../../kernel/random.ts';
import { hours, type EpochMs, type MonotonicMs } from '../../kernel/time.ts';
import { uuidV7 } from '../../kernel/uuid.ts';
import type { Scenario } from '../scenario.schema.ts';
import { LeadBook, middayZone } from './lead-book.ts';

const NOW = Date.parse('2026-03-02T14:00:00Z') as EpochMs;

function newBook(
  list?: Partial<NonNullable<Scenario['list']>>,
  openPhones = new Set<PhoneNumber>(),
): LeadBook {
  const random = seededRandom(1);
  const newId = uuidV7((into) => into.forEach((_, i) => (into[i] = Math.floor(random.next() * 256))));
  const whole = list && { attemptsMax: 1, retryAfterSeconds: {}, ...list };
  return new LeadBook({
    campaignId: '01' as CampaignId,
    organizationId: 'organization' as OrganizationId,
    list: whole,
    newId,
    openPhones,
  });
}
const judged = (book: LeadBook, count: number, now = NOW) =>
  book.claim(count, now).map(({ candidate }) => clear(candidate, { now, monotonic: 0 as MonotonicMs }));

test('a lead that is claimed is not claimed again, and one that is put back is', () => {
  const book = newBook({ leads: 3 });
  const first = book.claim(2, NOW);
  expect(book.claim(5, NOW)).toHaveLength(1);
  book.putBack(first.map(({ candidate }) => candidate.leadId));
  expect(book.claim(5, NOW).map(({ candidate }) => candidate.leadId)).toEqual(
    first.map(({ candidate }) => candidate.leadId),
  );
});

test('a number that is being called by another campaign loses the race and waits', () => {
  const openPhones = new Set<PhoneNumber>();
  const book = newBook({ leads: 1 }, openPhones);
  const verdicts = judged(book, 1);
  openPhones.add(verdicts[0]!.candidate.phone);
  expect(book.commit(verdicts, NOW)).toEqual([]);
  expect(book.claim(1, NOW)).toEqual([]);
  openPhones.clear();
  expect(book.commit(judged(book, 1, (NOW + 120_000) as EpochMs), NOW)).toHaveLength(1);
});

test('leads of a zone where it is night are left for later', () => {
  const zones = [
    { zone: 'America/New_York', share: 0.5 },
    { zone: 'America/Los_Angeles', share: 0.5 },
  ];
  const book = newBook({ leads: 20, zones });
  // Nine in New York, six in Los Angeles.
  const early = judged(book, 20);
  expect(new Set(early.map(({ candidate }) => candidate.zones[0]))).toEqual(new Set(['America/New_York']));
  const later = judged(book, 20, (NOW + hours(3)) as EpochMs);
  expect(later.length + early.length).toBe(20);
});

test('at every hour there is a zone in which it is allowed to call', () => {
  for (let hour = 0; hour < 48; hour += 1) {
    const now = (NOW + hour * hours(1)) as EpochMs;
    expect(callingWindowOf(middayZone(now), now).isOpen).toBe(true);
  }
});
