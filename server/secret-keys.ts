import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
/** What NIST SP 800-38D recommends for GCM; chance repeats one only after some four billion seals. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_LENGTH = 8;
const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/_-]{43}=?$/;

/** Something that only its key opens. */
export interface Sealed {
  readonly keyId: string;
  /** Initialisation vector, tag and ciphertext, in base64. */
  readonly box: string;
}

/** What was sealed cannot be opened: its key is not here, or it was changed or moved. */
export class SecretUnreadable extends Error {
  constructor(keyId: string, why: 'key-missing' | 'damaged') {
    super(
      why === 'key-missing'
        ? `A secret is sealed with the key ${keyId}, which this process does not have: start it with that key.`
        : `A secret that is sealed with the key ${keyId} was changed or belongs to somebody else: restore it or make it anew.`,
    );
    this.name = 'SecretUnreadable';
  }
}

interface Key {
  readonly keyId: string;
  readonly bytes: Buffer;
}

/** Keys of an installation (AES-256-GCM). The first one seals, all of them open: so one is exchanged for another. */
export class SecretKeys {
  readonly #current: Key;
  readonly #keys: ReadonlyMap<string, Key>;

  /** `texts` are 32 bytes in base64 each; the first seals. */
  constructor(texts: readonly [string, ...string[]]) {
    const [current, ...others] = texts.map(keyOf) as [Key, ...Key[]];
    this.#current = current;
    this.#keys = new Map([...others, current].map((key) => [key.keyId, key]));
  }

  get currentId(): string {
    return this.#current.keyId;
  }

  has(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /** `owner` is bound to it: in another row it does not open. */
  seal(text: string, owner: string): Sealed {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#current.bytes, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    const box = Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64');
    return { keyId: this.#current.keyId, box };
  }

  /** @throws SecretUnreadable */
  open({ keyId, box }: Sealed, owner: string): string {
    const key = this.#keys.get(keyId);
    if (!key) throw new SecretUnreadable(keyId, 'key-missing');
    const bytes = Buffer.from(box, 'base64');
    try {
      const decipher = createDecipheriv('aes-256-gcm', key.bytes, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(owner))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return (
        decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
      );
    } catch {
      throw new SecretUnreadable(keyId, 'damaged');
    }
  }
}

/** The id is made of the key, so that nobody has to keep the two together; eight letters of a hash tell nothing of it. */
function keyOf(text: string): Key {
  const bytes = Buffer.from(text, 'base64');
  const hash = createHash('sha256').update('ringline secret key').update(bytes).digest('hex');
  return { keyId: hash.slice(0, KEY_ID_LENGTH), bytes };
}

export const isSecretKey = (text: string): boolean =>
  BASE64_OF_32_BYTES.test(text) && Buffer.from(text, 'base64').length === KEY_BYTES;

export const newSecretKey = (): string => randomBytes(KEY_BYTES).toString('base64');
