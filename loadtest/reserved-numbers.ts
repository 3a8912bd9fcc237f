/** Numbers that no subscriber has and none will get: set aside for films, books and examples. */
export interface ReservedRange {
  /** ISO 3166-1. */
  readonly country: 'US' | 'CA' | 'GB' | 'FR' | 'DE' | 'AU';
  readonly city: string;
  /** E.164 up to the digits that are free. */
  readonly prefix: string;
  /** How many digits follow; all of them are reserved. */
  readonly digits: number;
}

type Places = readonly (readonly [prefix: string, city: string])[];

/** 555-0100 … 555-0199 of every area code: NANPA, "555 line numbers" (ATIS-0300115). */
const US_CODES: Places = [
  ['212', 'New York'],
  ['617', 'Boston'],
  ['215', 'Philadelphia'],
  ['404', 'Atlanta'],
  ['305', 'Miami'],
  ['407', 'Orlando'],
  ['216', 'Cleveland'],
  ['313', 'Detroit'],
  ['412', 'Pittsburgh'],
  ['704', 'Charlotte'],
  ['804', 'Richmond'],
  ['312', 'Chicago'],
  ['214', 'Dallas'],
  ['713', 'Houston'],
  ['512', 'Austin'],
  ['314', 'St. Louis'],
  ['612', 'Minneapolis'],
  ['504', 'New Orleans'],
  ['414', 'Milwaukee'],
  ['901', 'Memphis'],
  ['303', 'Denver'],
  ['505', 'Albuquerque'],
  ['801', 'Salt Lake City'],
  ['602', 'Phoenix'],
  ['520', 'Tucson'],
  ['213', 'Los Angeles'],
  ['415', 'San Francisco'],
  ['619', 'San Diego'],
  ['702', 'Las Vegas'],
  ['206', 'Seattle'],
  ['503', 'Portland'],
  ['907', 'Anchorage'],
  ['808', 'Honolulu'],
];
const CA_CODES: Places = [
  ['416', 'Toronto'],
  ['514', 'Montreal'],
  ['403', 'Calgary'],
  ['604', 'Vancouver'],
  ['204', 'Winnipeg'],
  ['902', 'Halifax'],
];
/** Ofcom, telephone numbers for drama use: a thousand numbers per area. */
const GB_PREFIXES: Places = [
  ['+442079460', 'London'],
  ['+441134960', 'Leeds'],
  ['+441144960', 'Sheffield'],
  ['+441174960', 'Bristol'],
  ['+441214960', 'Birmingham'],
  ['+441314960', 'Edinburgh'],
  ['+441414960', 'Glasgow'],
  ['+441514960', 'Liverpool'],
  ['+441614960', 'Manchester'],
  ['+441914980', 'Newcastle'],
  ['+442920180', 'Cardiff'],
];
/** ARCEP, decision 2018-0881, numbers for audiovisual works. */
const FR_PREFIXES: Places = [
  ['+3319900', 'Paris'],
  ['+3326191', 'Rennes'],
  ['+3335301', 'Lille'],
  ['+3346571', 'Lyon'],
  ['+3353649', 'Toulouse'],
];
/** Bundesnetzagentur, Amtsblatt 7/2021, Mitteilung 148/2021: a thousand numbers in each of five cities. */
const DE_PREFIXES: Places = [
  ['+493023125', 'Berlin'],
  ['+496990009', 'Frankfurt'],
  ['+494066969', 'Hamburg'],
  ['+492214710', 'Cologne'],
  ['+498999998', 'Munich'],
];
/** ACMA, phone numbers for use in creative works; the west is left out, whose numbers may be in two zones. */
const AU_PREFIXES: Places = [
  ['+6125550', 'Sydney'],
  ['+6127010', 'Canberra'],
  ['+6135550', 'Melbourne'],
  ['+6137010', 'Hobart'],
  ['+6175550', 'Brisbane'],
  ['+6177010', 'Cairns'],
];

const american = (country: 'US' | 'CA', places: Places): ReservedRange[] =>
  places.map(([code, city]) => ({ country, city, prefix: `+1${code}55501`, digits: 2 }));
const foreign = (country: ReservedRange['country'], digits: number, places: Places): ReservedRange[] =>
  places.map(([prefix, city]) => ({ country, city, prefix, digits }));

/** Ranges that we take numbers from; there are more. */
export const RESERVED_RANGES: readonly ReservedRange[] = [
  ...american('US', US_CODES),
  ...american('CA', CA_CODES),
  ...foreign('GB', 3, GB_PREFIXES),
  ...foreign('FR', 4, FR_PREFIXES),
  ...foreign('DE', 3, DE_PREFIXES),
  ...foreign('AU', 4, AU_PREFIXES),
];

/** True for a number that reaches nobody: of one of the ranges above, or 555-01xx of any area code. */
export function isReservedNumber(phone: string): boolean {
  if (/^\+1[2-9]\d{2}55501\d{2}$/u.test(phone)) return true;
  return RESERVED_RANGES.some(
    ({ prefix, digits }) => phone.startsWith(prefix) && phone.length === prefix.length + digits,
  );
}
