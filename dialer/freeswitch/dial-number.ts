import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PhoneNumber } from '../../kernel/phone.ts';
import type { TrunkSettings } from '../telephony.ts';
import { unreachable } from '../../kernel/assert.ts';
import { EslError } from './esl-error.ts';

/**
 * A number as the trunk wants it: digits, with a plus in front for `e164`. `national` is what one dials inside the number's own
 * country, trunk prefix included (+442079460958 becomes 02079460958, +13055550100 becomes 3055550100).
 * @throws {EslError} `unsafe`: not an E.164 number, whatever its type says.
 */
export function dialNumber(phone: PhoneNumber, format: TrunkSettings['numberFormat']): string {
  if (!/^\+[1-9][0-9]{3,14}$/.test(phone))
    throw new EslError('unsafe', 'The number to dial is not in E.164.');
  switch (format) {
    case 'e164':
      return phone;
    case 'e164-without-plus':
      return phone.slice(1);
    case 'national': {
      const digits = parsePhoneNumberFromString(phone)
        ?.formatNational()
        .replaceAll(/[^0-9]/g, '');
      if (!digits) throw new EslError('unsafe', 'The number to dial has no national form.');
      return digits;
    }
    default:
      return unreachable(format);
  }
}
