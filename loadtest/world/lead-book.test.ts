import { describe, expect, test } from 'vitest';
import { clear } from '../../compliance/gate.ts';
import { callingWindowOf } from '../../compliance/calling-window.ts';
import { describeLeadStore, LATER } from '../../dialer/lead-store.fixture.ts';
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

describe('as every store of leads', () => {
  const openPhones = new Set<PhoneNumber>();
  let numbers = 1_000_000;
  describeLeadStore(() => {
    const zones = [{ zone: 'America/New_York', share: 1 }];
    const book = newBook({ leads: 0, attemptsMax: 5, zones }, openPhones);
    return Promise.resolve({
      store: (leads) =>
        Promise.resolve(
          book.store(
            leads.map(({ phone, zone = 'America/New_York', dueAt = LATER(-1000) }) => {
              numbers += 1;
              return { phone: (phone ?? `+1212${String(numbers)}`) as PhoneNumber, zone, dueAt };
            }),
          ),
        ),
      claim: (count, now) => Promise.resolve(book.claim(count, now)),
      commit: (verdicts, now) => Promise.resolve(book.commit(verdicts, now)),
      putBack: (leadIds) => {
        book.putBack(leadIds);
        return Promise.resolve();
      },
    });
  });
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
