import type { Query } from '../kernel/database.ts';
import type { AdminChangeId, OrganizationId, UserId } from '../kernel/ids.ts';
import { toIso, type EpochMs } from '../kernel/time.ts';
import { withoutSecrets, type Fields } from './admin-change.ts';
import type { AdminChange, AdminChangeWhat } from './api/admin-change.schema.ts';

export interface AdminChangeRow {
  readonly changeId: AdminChangeId;
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  readonly at: EpochMs;
  readonly what: AdminChangeWhat;
  readonly subject: string;
  readonly before: Fields | null;
  readonly after: Fields | null;
}

/** Within the transaction of the change itself: neither is stored without the other. */
export async function insertAdminChange(query: Query, change: AdminChangeRow): Promise<void> {
  const json = (fields: Fields | null): string | null =>
    fields === null ? null : JSON.stringify(withoutSecrets(fields));
  await query`
    insert into admin_change (change_id, organization_id, at, by_user_id, what, subject, before, after)
    values (${change.changeId}, ${change.organizationId}, ${toIso(change.at)}::timestamptz, ${change.userId}, ${change.what},
            ${change.subject}, ${json(change.before)}::text::jsonb, ${json(change.after)}::text::jsonb)`;
}

/** The newest first, older than `before`. */
export async function listAdminChanges(
  query: Query,
  { before, limit }: { before: string | null; limit: number },
): Promise<readonly AdminChange[]> {
  return query<AdminChange>`
    select c.change_id as "changeId", c.at, u.name as by, c.what, c.subject, c.before, c.after
      from admin_change c join app_user u on u.user_id = c.by_user_id
     where ${before}::uuid is null or c.change_id < ${before}::uuid
     order by c.change_id desc limit ${limit}`;
}
