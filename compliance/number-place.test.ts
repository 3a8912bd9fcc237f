import { expect, test } from 'vitest';
import { isKnownZone } from './local-time.ts';
import { cityOfNumber, placeOfNumber, zoneKey, zonesOfKey, zonesOfRegion } from './number-place.ts';

test('knows country, state and zone of a North American area code', () => {
  expect(placeOfNumber('+13055550100')).toEqual({
    country: 'US',
    regions: ['US-FL'],
    zones: ['America/New_York'],
  });
  expect(placeOfNumber('+14165550100').country).toBe('CA');
});

test.each([
  ['+16895550100', ['America/New_York']], // Orlando overlay, said to be Central by libphonenumber
  ['+13645550100', ['America/Chicago', 'America/New_York']],
  ['+14485550100', ['America/Chicago', 'America/New_York']],
  ['+14585550100', ['America/Boise', 'America/Los_Angeles']],
  ['+14745550100', ['America/Edmonton', 'America/Regina']], // Winnipeg in libphonenumber, which keeps summer time
  ['+13575550100', ['America/Los_Angeles']],
])('asks our own area codes before the library: %s', (phone, zones) => {
  expect(placeOfNumber(phone).zones).toEqual(zones);
});

test.each(['+18005550100', '+18335550100', '+19005550100', '+15005550100', '+12995550100'])(
  'takes %s for a number that may be anywhere under +1',
  (phone) => {
    const place = placeOfNumber(phone);
    expect(place.country).toBeNull();
    expect(place.zones).toEqual(
      expect.arrayContaining(['America/New_York', 'Pacific/Honolulu', 'Pacific/Guam', 'America/St_Johns']),
    );
  },
);

test.each([
  ['+442079460000', 'GB', ['Europe/London']],
  ['+441481960000', 'GG', ['Europe/Guernsey']],
  ['+493012345678', 'DE', ['Europe/Berlin']],
  ['+33142685300', 'FR', ['Europe/Paris']],
  ['+861065529988', 'CN', ['Asia/Shanghai']],
  ['+74951234567', 'RU', ['Europe/Moscow']],
  ['+77272345678', 'KZ', ['Asia/Almaty']],
  ['+61291234567', 'AU', ['Australia/Sydney']],
  ['+61891234567', 'AU', ['Australia/Adelaide', 'Australia/Perth']],
  ['+5511955256325', 'BR', ['America/Sao_Paulo']],
  ['+919876543210', 'IN', ['Asia/Calcutta']],
])('finds %s in %s by the longest prefix', (phone, country, zones) => {
  expect(placeOfNumber(phone)).toMatchObject({ country, zones });
});

test('takes all zones of a country for a mobile number, which may be anywhere in it', () => {
  expect(placeOfNumber('+61491570156').zones).toEqual(
    expect.arrayContaining(['Australia/Perth', 'Australia/Sydney', 'Australia/Lord_Howe']),
  );
  expect(placeOfNumber('+79161234567').zones.length).toBeGreaterThan(10);
});

test.each(['', '+', '13055550100', '+999123456', 'anonymous', '+12', '+0123456'])(
  'knows nothing of %j that could open a window too early',
  (phone) => {
    const { zones } = placeOfNumber(phone);
    expect(zones.length === 0 || zones.length > 30).toBe(true);
  },
);

test('names only zones that the runtime knows', () => {
  const prefixes = Array.from({ length: 1000 }, (_, i) => `+${i + 1}00000000`);
  const zones = new Set(prefixes.flatMap((phone) => placeOfNumber(phone).zones));
  for (let npa = 200; npa < 1000; npa += 1) {
    for (const zone of placeOfNumber(`+1${npa}5550100`).zones) zones.add(zone);
  }
  expect([...zones].filter((zone) => !isKnownZone(zone))).toEqual([]);
});

test('gives zones of a region', () => {
  expect(zonesOfRegion('US-KY')).toEqual(['America/Chicago', 'America/New_York']);
  expect(zonesOfRegion('us-fl')).toContain('America/Chicago');
  expect(zonesOfRegion('FR')).toContain('Europe/Paris');
  expect(zonesOfRegion('XX')).toEqual([]);
});

test('makes one key of a set of zones in any order', () => {
  expect(zoneKey(['America/New_York', 'America/Chicago', 'America/New_York'])).toBe(
    'America/Chicago|America/New_York',
  );
  expect(zonesOfKey('America/Chicago|America/New_York')).toEqual(['America/Chicago', 'America/New_York']);
  expect(zonesOfKey(zoneKey([]))).toEqual([]);
});

test('names the city of an area code only where most of it is in that city', () => {
  expect(cityOfNumber('+13055550100')).toBe('Miami');
  expect(cityOfNumber('+12125550100')).toBe('New York');
  expect(cityOfNumber('+12185550100')).toBeNull();
  expect(cityOfNumber('+493012345678')).toBeNull();
});
