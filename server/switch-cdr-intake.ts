import type { Clock } from '../kernel/time.ts';
import type { HttpDatabase } from './http-database.ts';
import { readSwitchCdr } from './switch-cdr.ts';
import { organizationOfPool, putSwitchCdr } from './switch-cdr.store.ts';

/**
 * Stores a record of mod_json_cdr, posted or spooled; false for a leg that is not ours or was stored before.
 * @throws when it is no such record, and when the database is away.
 */
export async function takeSwitchCdr(
  { database, clock }: { readonly database: HttpDatabase; readonly clock: Clock },
  json: unknown,
): Promise<boolean> {
  const record = readSwitchCdr(json);
  if (record === null) return false;
  const organizationId = await organizationOfPool(database.system, record.poolId);
  if (organizationId === null) return false;
  return putSwitchCdr(database.organization(organizationId), {
    organizationId,
    record,
    receivedAt: clock.now(),
  });
}
