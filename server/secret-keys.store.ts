import type { Query, Tx } from '../kernel/database.ts';
import type { UserId } from '../kernel/ids.ts';
import type { Sealed } from './secret-keys.ts';

/** The key of the installation: the wanted one when none was named before. */
export async function claimSecretKey(system: Query, keyId: string): Promise<string> {
  const [row] = await system<{ keyId: string }>`select ringline_claim_secret_key(${keyId}) as "keyId"`;
  return row?.keyId ?? keyId;
}

export async function changeSecretKey(system: Query, keyId: string): Promise<void> {
  await system`select ringline_change_secret_key(${keyId})`;
}

export interface KeyInUse {
  readonly keyId: string;
  readonly people: number;
}

export async function secretKeysInUse(system: Query): Promise<readonly KeyInUse[]> {
  return system<KeyInUse>`select key_id as "keyId", people from ringline_secret_keys_in_use()`;
}

/** A secret of an authenticator app that is in plain text or under another key. */
export interface OldSecret {
  readonly userId: UserId;
  readonly plain: string | null;
  readonly keyId: string | null;
  readonly box: string | null;
}

/** Locked until the transaction ends. */
export async function lockOldSecrets(query: Tx, currentKeyId: string): Promise<readonly OldSecret[]> {
  return query<OldSecret>`
    select user_id as "userId", secret as plain, secret_key_id as "keyId", encode(sealed_secret, 'base64') as box
      from second_factor where secret_key_id is distinct from ${currentKeyId} order by user_id for update`;
}

export async function replaceSecret(query: Query, userId: UserId, { keyId, box }: Sealed): Promise<void> {
  await query`
    update second_factor
       set secret = null, secret_key_id = ${keyId}, sealed_secret = decode(${box}, 'base64')
     where user_id = ${userId}`;
}

/** Those whose key is gone, with their recovery codes. Returns whose they were. */
export async function deleteFactorsOfKey(query: Query, keyId: string): Promise<readonly UserId[]> {
  const rows = await query<{ userId: UserId }>`
    delete from second_factor where secret_key_id = ${keyId} returning user_id as "userId"`;
  return rows.map(({ userId }) => userId);
}
