import { dialNumber } from '../dialer/freeswitch/dial-number.ts';
import { isDialTemplate } from '../dialer/freeswitch/originate-command.ts';
import { readPhone } from '../compliance/read-phone.ts';
import type { TrunkTest, TrunkTestInput } from './api/pool.schema.ts';

/**
 * What the switch would be told to dial; nothing is dialled. Null: the number cannot be read.
 * The same functions make the dial string of a real call.
 */
export function testTrunk(
  { dialTemplate, numberFormat, number }: TrunkTestInput,
  country: string,
): TrunkTest | null {
  const read = readPhone(number, country);
  if (!read.ok || !isDialTemplate(dialTemplate)) return null;
  const dialled = dialNumber(read.phone, numberFormat);
  return { phone: read.phone, dialled, destination: dialTemplate.replace('{number}', dialled) };
}
