import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import cityData from './data/npa_cities.json' with { type: 'json' };
import npaData from './data/npa_zones.json' with { type: 'json' };
import worldData from './data/world_zones.json' with { type: 'json' };

/** Where a number may be. It shows where the number was first given out; its user may have moved. */
export interface NumberPlace {
  /** ISO 3166-1 alpha-2; null for toll-free, non-geographic and unknown numbers. */
  readonly country: string | null;
  /** ISO 3166-2 codes where the area code tells them (North America). */
  readonly regions: readonly string[];
  /** Every IANA zone the number may be in, sorted; empty when not even the country is known. */
  readonly zones: readonly string[];
}

interface AreaCode {
  readonly country: string;
  readonly regions: readonly string[];
  readonly zones: readonly string[];
}

const AREA_CODES = npaData.npa as Readonly<Record<string, AreaCode>>;
const CITIES: Readonly<Record<string, string>> = cityData.cities;
const WORLD_PREFIXES = worldData.prefixes as Readonly<Record<string, number>>;
const WORLD_COUNTRIES = worldData.countries as Readonly<Record<string, string>>;
const WORLD_ZONES: readonly (readonly string[])[] = worldData.zoneSets.map(zonesOfKey);
const LONGEST_PREFIX = Object.keys(WORLD_PREFIXES).reduce((most, prefix) => Math.max(most, prefix.length), 0);

const NOWHERE: NumberPlace = Object.freeze({ country: null, regions: [], zones: [] });
/** Toll-free numbers and area codes not in our table may be anywhere under +1: only what is legal everywhere is legal. */
const SOMEWHERE_IN_NORTH_AMERICA: NumberPlace = Object.freeze({
  country: null,
  regions: [],
  zones: union(Object.values(AREA_CODES).map((place) => place.zones)),
});
const PLACES_BY_AREA_CODE: ReadonlyMap<string, NumberPlace> = new Map(
  Object.entries(AREA_CODES).map(([npa, { country, regions, zones }]) => [
    npa,
    Object.freeze({ country, regions, zones: union([zones]) }),
  ]),
);

/**
 * The place of an E.164 number by longest prefix: area codes of North America from our own table, which repairs the gaps of
 * libphonenumber's; the rest of the world from libphonenumber's prefix map.
 */
export function placeOfNumber(phone: string): NumberPlace {
  if (!/^\+[1-9][0-9]+$/.test(phone)) return NOWHERE;
  if (phone.startsWith('+1')) return PLACES_BY_AREA_CODE.get(phone.slice(2, 5)) ?? SOMEWHERE_IN_NORTH_AMERICA;
  const country = longestPrefix(WORLD_COUNTRIES, phone) ?? null;
  const zones = zonesByPrefix(phone);
  const zonesOfCountry = zonesByPrefix(callingCode(phone));
  if (zonesOfCountry.length > zones.length && !isGeographic(phone)) {
    return { country, regions: [], zones: zonesOfCountry };
  }
  return { country, regions: [], zones };
}

/** Small numbering plans in which not every exchange is in use. */
const ISLANDS = ['US-AS', 'US-GU', 'US-MP', 'US-VI'];

/** True for an area code of the United States or Canada, without the Pacific and Virgin Islands, that is in service. */
export function isMainlandAreaCode(areaCode: string): boolean {
  const place = PLACES_BY_AREA_CODE.get(areaCode);
  if (place?.country !== 'US' && place?.country !== 'CA') return false;
  return !place.regions.some((region) => ISLANDS.includes(region));
}

/** The city after which people know the area code, where most of its numbers belong to one. */
export function cityOfNumber(phone: string): string | null {
  return phone.startsWith('+1') ? (CITIES[phone.slice(2, 5)] ?? null) : null;
}

/** All zones of a region (ISO 3166-2 such as US-KY) or country (ISO 3166-1); empty when we know nothing of it. */
export function zonesOfRegion(region: string): readonly string[] {
  const wanted = region.toUpperCase();
  const american = [...PLACES_BY_AREA_CODE.values()].filter(
    ({ country, regions }) => country === wanted || regions.includes(wanted),
  );
  const foreign = Object.entries(WORLD_COUNTRIES)
    .filter(([, country]) => country === wanted)
    .map(([prefix]) => zonesByPrefix(`+${prefix}`));
  return union([...american.map(({ zones }) => zones), ...foreign]);
}

/** The form in which a set of zones is stored and compared: sorted, joined with '|'. */
export function zoneKey(zones: readonly string[]): string {
  return zones.length === 1 ? (zones[0] ?? '') : union([zones]).join('|');
}

export function zonesOfKey(key: string): readonly string[] {
  return key === '' ? [] : key.split('|');
}

/** Calling codes whose mobile numbers carry an area code, after libphonenumber's PhoneNumberUtil: MX, AR, BR, ID, CN. */
const GEOGRAPHIC_MOBILES = ['+52', '+54', '+55', '+62', '+86'];

/** A mobile number says nothing of a place within its country, whatever prefix it shares with a row of the map. */
function isGeographic(phone: string): boolean {
  const type = parsePhoneNumberFromString(phone)?.getType();
  if (type === 'FIXED_LINE' || type === 'FIXED_LINE_OR_MOBILE') return true;
  return type === 'MOBILE' && GEOGRAPHIC_MOBILES.some((code) => phone.startsWith(code));
}

/** The calling code with its plus sign; calling codes are prefix-free, so at most one fits. */
function callingCode(phone: string): string {
  for (let end = 2; end <= 4; end += 1) {
    const digits = phone.slice(1, end);
    if (Object.hasOwn(WORLD_PREFIXES, digits) && Object.hasOwn(WORLD_COUNTRIES, digits)) return `+${digits}`;
  }
  return phone;
}

function zonesByPrefix(phone: string): readonly string[] {
  return WORLD_ZONES[longestPrefix(WORLD_PREFIXES, phone) ?? -1] ?? [];
}

function longestPrefix<Value>(table: Readonly<Record<string, Value>>, phone: string): Value | undefined {
  for (let end = Math.min(phone.length, LONGEST_PREFIX + 1); end > 1; end -= 1) {
    const found = table[phone.slice(1, end)];
    if (found !== undefined) return found;
  }
  return undefined;
}

function union(sets: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(sets.flat())].sort();
}
