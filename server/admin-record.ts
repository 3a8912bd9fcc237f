import type { Query } from '../kernel/database.ts';
import type { AdminChangeId } from '../kernel/ids.ts';
import { differenceOf, type Fields } from './admin-change.ts';
import { insertAdminChange } from './admin-change.store.ts';
import type { AdminChangeWhat } from './api/admin-change.schema.ts';
import type { SignedIn } from './auth/signed-in.ts';
import type { RoutePorts } from './http-app.ts';

export interface AdminRecord {
  readonly what: AdminChangeWhat;
  readonly subject: string;
  readonly before?: Fields;
  readonly after?: Fields;
}

/** Writes down what an admin has just done, in the transaction in which he did it. A change that changed nothing is none. */
export async function recordAdminChange(
  { clock, newId }: Pick<RoutePorts, 'clock' | 'newId'>,
  { me, query }: { me: SignedIn; query: Query },
  { what, subject, before, after }: AdminRecord,
): Promise<void> {
  const difference = before && after ? differenceOf(before, after) : { before, after };
  if (difference === null) return;
  const at = clock.now();
  await insertAdminChange(query, {
    changeId: newId<AdminChangeId>(at),
    organizationId: me.organizationId,
    userId: me.userId,
    at,
    what,
    subject,
    before: difference.before ?? null,
    after: difference.after ?? null,
  });
}
