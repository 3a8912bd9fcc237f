import type { OrganizationDatabase, Query } from '../../kernel/database.ts';
import type { OrganizationId, UserId } from '../../kernel/ids.ts';
import { toIso, type EpochMs } from '../../kernel/time.ts';
import type { SecondFactor } from '../api/account.schema.ts';
import type { Sealed } from '../secret-keys.ts';
import type { FactorState } from './second-factor.ts';

export interface FactorRow extends FactorState {
  readonly isConfirmed: boolean;
  readonly sealed: Sealed;
}

/** Stays locked until the transaction ends: of two sign-ins with one code one is late. */
export async function lockFactor(query: Query, userId: UserId): Promise<FactorRow | null> {
  const [row] = await query<FactorRow>`
    select jsonb_build_object('keyId', coalesce(secret_key_id, 'none'), 'box', coalesce(encode(sealed_secret, 'base64'), '')) as sealed,
           last_step as "lastStep", wrong_codes as "wrongCodes", locked_until as "lockedUntil",
           confirmed_at is not null as "isConfirmed"
      from second_factor where user_id = ${userId} for update`;
  return row ?? null;
}

export async function readFactor(
  { query }: Pick<OrganizationDatabase, 'query'>,
  userId: UserId,
): Promise<SecondFactor> {
  const [row] = await query<SecondFactor>`
    select exists (select from second_factor f where f.user_id = u.user_id and f.confirmed_at is not null) as "isOn",
           u.role = any (o.second_factor_roles) as "isNeeded",
           (select count(*)::int from recovery_code c where c.user_id = u.user_id and c.used_at is null) as "recoveryCodesLeft"
      from app_user u join organization o using (organization_id) where u.user_id = ${userId}`;
  return row ?? { isOn: false, isNeeded: false, recoveryCodesLeft: 0 };
}

/** Begins anew; nothing that is confirmed is replaced. False when there is a confirmed one. */
export async function putUnconfirmed(
  query: Query,
  factor: { organizationId: OrganizationId; userId: UserId; sealed: Sealed; createdAt: EpochMs },
): Promise<boolean> {
  const { keyId, box } = factor.sealed;
  const rows = await query<{ userId: UserId }>`
    insert into second_factor (user_id, organization_id, secret_key_id, sealed_secret, created_at)
    values (${factor.userId}, ${factor.organizationId}, ${keyId}, decode(${box}, 'base64'),
            ${toIso(factor.createdAt)}::timestamptz)
    on conflict (user_id) do update
      set secret = null, secret_key_id = excluded.secret_key_id, sealed_secret = excluded.sealed_secret,
          created_at = excluded.created_at
      where second_factor.confirmed_at is null
    returning user_id as "userId"`;
  return rows.length > 0;
}

export async function storeRightCode(
  query: Query,
  right: { userId: UserId; step: number; now: EpochMs },
): Promise<void> {
  await query`
    update second_factor
       set last_step = ${right.step}, wrong_codes = 0, locked_until = null,
           confirmed_at = coalesce(confirmed_at, ${toIso(right.now)}::timestamptz)
     where user_id = ${right.userId}`;
}

export async function storeWrongCode(
  query: Query,
  wrong: { userId: UserId; wrongCodes: number; lockedUntil: EpochMs | null },
): Promise<void> {
  const lockedUntil = wrong.lockedUntil === null ? null : toIso(wrong.lockedUntil);
  await query`
    update second_factor set wrong_codes = ${wrong.wrongCodes}, locked_until = ${lockedUntil}::timestamptz
     where user_id = ${wrong.userId}`;
}

/** SHA-256 is enough: each has sixty bits of chance. */
export async function replaceRecoveryCodes(
  query: Query,
  codes: { organizationId: OrganizationId; userId: UserId; hashes: readonly string[] },
): Promise<void> {
  await query`delete from recovery_code where user_id = ${codes.userId}`;
  await query`
    insert into recovery_code (organization_id, user_id, code_hash)
    select ${codes.organizationId}, ${codes.userId}, decode(hash, 'hex') from unnest(${codes.hashes}::text[]) as hash`;
}

/** True once for each code. */
export async function useRecoveryCode(
  query: Query,
  code: { userId: UserId; hash: string; now: EpochMs },
): Promise<boolean> {
  const rows = await query<{ userId: UserId }>`
    update recovery_code set used_at = ${toIso(code.now)}::timestamptz
     where user_id = ${code.userId} and code_hash = decode(${code.hash}, 'hex') and used_at is null
     returning user_id as "userId"`;
  return rows.length > 0;
}

/** With its recovery codes. False when there was none. */
export async function deleteFactor(query: Query, userId: UserId): Promise<boolean> {
  const rows = await query<{ userId: UserId }>`
    delete from second_factor where user_id = ${userId} returning user_id as "userId"`;
  return rows.length > 0;
}

/** What a session waited for is there. */
export async function clearFactorDuty(query: Query, userId: UserId): Promise<void> {
  await query`update session set needs_second_factor = false where user_id = ${userId}`;
}
