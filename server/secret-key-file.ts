import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OperatorError } from './operator-error.ts';
import { isSecretKey, newSecretKey } from './secret-keys.ts';

const OTHERS = 0o077;

export const secretKeyFile = (dataFolder: string): string => path.join(dataFolder, 'secret-key');

/**
 * Keys of the file, one a line; null when there is none.
 * @throws OperatorError for one that others may read, or that holds no keys.
 */
export function readSecretKeyFile(file: string): readonly [string, ...string[]] | null {
  let text: string;
  try {
    if ((statSync(file).mode & OTHERS) !== 0) {
      throw new OperatorError(`Others may read the key in ${file}: run "chmod 600 ${file}" and start again.`);
    }
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new OperatorError(`The key in ${file} cannot be read (${message}): mend that and start again.`, {
      cause: error,
    });
  }
  const [first, ...others] = text.split('\n').flatMap((line) => line.trim() || []);
  if (first === undefined || ![first, ...others].every(isSecretKey)) {
    throw new OperatorError(
      `${file} holds no key (32 bytes in base64 on each line): put the key back from your backup, or remove the file if nothing was ever sealed with it.`,
    );
  }
  return [first, ...others];
}

/** Makes a key that only we may read. Of several processes that do so at once all get the same. */
export function makeSecretKeyFile(file: string): readonly [string, ...string[]] {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    // On the disk before its name is there: a key of which half is lost opens nothing.
    writeFileSync(draft, `${newSecretKey()}\n`, { mode: 0o600, flush: true });
    linkSync(draft, file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') {
      throw new OperatorError(
        `A key for secrets could not be stored in ${file} (${message}): make the folder writable or set RINGLINE_SECRET_KEY.`,
        { cause: error },
      );
    }
  } finally {
    rmSync(draft, { force: true });
  }
  const made = readSecretKeyFile(file);
  if (made === null) throw new OperatorError(`The key in ${file} has just been removed: start again.`);
  return made;
}
