import type { OrganizationId } from '../kernel/ids.ts';
import type { SignedIn } from './auth/signed-in.ts';
import { openCursor, sealCursor } from './page-cursor.ts';

type Reader = Pick<SignedIn, 'organizationId' | 'database'>;

/**
 * Places in lists as they leave the process. A cursor names the last row of a page, and with it a phone number that the reader's role
 * may see masked only: so it is encrypted with the key of his organization, which every process finds in the database.
 */
export class PageCursors {
  /** A key never changes; there are as many as organizations. */
  readonly #keys = new Map<OrganizationId, Buffer>();

  async seal(reader: Reader, cursor: string | null): Promise<string | null> {
    return cursor === null ? null : sealCursor(await this.#keyOf(reader), cursor);
  }

  /** @throws HttpProblem (400) for what {@link seal} did not make for this organization. */
  async open(reader: Reader, sealed: string | undefined): Promise<string | undefined> {
    return sealed === undefined ? undefined : openCursor(await this.#keyOf(reader), sealed);
  }

  async #keyOf({ organizationId, database }: Reader): Promise<Buffer> {
    const known = this.#keys.get(organizationId);
    if (known) return known;
    const [row] = await database.query<{ key: string }>`
      select encode(page_key, 'hex') as key from organization where organization_id = ${organizationId}`;
    if (!row) throw new Error('Bug: somebody without an organization turns pages');
    const key = Buffer.from(row.key, 'hex');
    this.#keys.set(organizationId, key);
    return key;
  }
}
