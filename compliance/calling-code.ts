import { getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';

/** ITU-T E.164 calling code of a country (ISO 3166-1 alpha-2) without plus sign, like 1 or 86; null for one that is not known. */
export function callingCodeOf(country: string): string | null {
  return isSupportedCountry(country) ? getCountryCallingCode(country) : null;
}
