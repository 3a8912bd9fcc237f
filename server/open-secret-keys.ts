import { rmSync } from 'node:fs';
import type { OrganizationId } from '../kernel/ids.ts';
import { factorOwner } from './auth/second-factor.ts';
import type { Config } from './config.ts';
import type { Database } from './database.ts';
import { OperatorError } from './operator-error.ts';
import { makeSecretKeyFile, readSecretKeyFile, secretKeyFile } from './secret-key-file.ts';
import { SecretKeys, type Sealed } from './secret-keys.ts';
import {
  changeSecretKey,
  claimSecretKey,
  deleteFactorsOfKey,
  lockOldSecrets,
  replaceSecret,
  secretKeysInUse,
  type OldSecret,
} from './secret-keys.store.ts';

type KeyConfig = Pick<Config, 'dataFolder' | 'secretKeys'>;
type KeyDatabase = Pick<Database, 'system' | 'organization'>;

export interface SecretKeyPorts {
  readonly config: KeyConfig;
  readonly database: KeyDatabase;
  readonly say: (line: string) => void;
}

/**
 * The keys of this installation. What is in plain text or under an older key is sealed with the current one.
 * @throws OperatorError when something is sealed with a key that is not here: starting would lock people out.
 */
export async function openSecretKeys({ config, database, say }: SecretKeyPorts): Promise<SecretKeys> {
  const { keys, madeFile } = readKeys(config);
  const installed = await claimSecretKey(database.system, keys.currentId);
  const inUse = await secretKeysInUse(database.system);
  const missing = [...inUse, { keyId: installed, people: 0 }].find(({ keyId }) => !keys.has(keyId));
  if (missing) {
    // Else the next start would take it for the key of the installation.
    if (madeFile !== null) rmSync(madeFile, { force: true });
    throw new OperatorError(missingKey(missing, config));
  }
  if (madeFile !== null) {
    say(`A key for secrets in the database was made: ${madeFile}. Keep a copy apart from the database's.`);
  }
  await sealOldSecrets(database, keys);
  if (installed !== keys.currentId) await changeSecretKey(database.system, keys.currentId);
  return keys;
}

function readKeys(config: KeyConfig): { keys: SecretKeys; madeFile: string | null } {
  const file = secretKeyFile(config.dataFolder);
  const inFile = readSecretKeyFile(file);
  const [first, ...others] = [...config.secretKeys.map((key) => key.reveal()), ...(inFile ?? [])];
  if (first !== undefined) return { keys: new SecretKeys([first, ...others]), madeFile: null };
  return { keys: new SecretKeys(makeSecretKeyFile(file)), madeFile: file };
}

function missingKey({ keyId, people }: { keyId: string; people: number }, { dataFolder }: KeyConfig): string {
  const what =
    people === 0
      ? `This installation seals its secrets with the key ${keyId}`
      : `Second factors of people (${people}) are sealed with the key ${keyId}`;
  return (
    `${what}, which neither RINGLINE_SECRET_KEY nor ${secretKeyFile(dataFolder)} holds: put that key back, or copy it from the node ` +
    'that has it; if it is lost for good, run "npm run -s ringline -- reset-second-factors", after which these people add theirs anew.'
  );
}

async function organizationsOf({ system }: KeyDatabase): Promise<readonly OrganizationId[]> {
  const rows = await system<{ organizationId: OrganizationId }>`
    select organization_id as "organizationId" from ringline_organizations()`;
  return rows.map(({ organizationId }) => organizationId);
}

async function sealOldSecrets(database: KeyDatabase, keys: SecretKeys): Promise<void> {
  for (const organizationId of await organizationsOf(database)) {
    await database.organization(organizationId).tx(async (query) => {
      for (const old of await lockOldSecrets(query, keys.currentId)) {
        const owner = factorOwner(old.userId);
        await replaceSecret(query, old.userId, keys.seal(plainOf(old, keys, owner), owner));
      }
    });
  }
}

const plainOf = ({ plain, keyId, box }: OldSecret, keys: SecretKeys, owner: string): string =>
  plain ?? keys.open({ keyId, box } as Sealed, owner);

/** When a key is lost for good: removes what it sealed and takes ours for the installation's. Returns how many people that hits. */
export async function forgetLostKeys({ config, database }: SecretKeyPorts): Promise<number> {
  const { keys } = readKeys(config);
  let people = 0;
  for (const { keyId } of await secretKeysInUse(database.system)) {
    if (keys.has(keyId)) continue;
    for (const organizationId of await organizationsOf(database)) {
      people += (await deleteFactorsOfKey(database.organization(organizationId).query, keyId)).length;
    }
  }
  await changeSecretKey(database.system, keys.currentId);
  return people;
}
