import { createHash } from 'node:crypto';
import type { Query } from '../../kernel/database.ts';
import type { OrganizationId } from '../../kernel/ids.ts';
import type { EpochMs } from '../../kernel/time.ts';
import type { Column } from './column.ts';

/** What the columns of a file with this header were the last time; null when there was none. */
export async function findMapping(
  query: Query,
  organizationId: OrganizationId,
  names: readonly string[],
): Promise<readonly Column[] | null> {
  const [row] = await query<{ columns: readonly Column[] }>`
    select columns from import_mapping
     where organization_id = ${organizationId} and header_key = ${headerKey(names)}`;
  return row?.columns ?? null;
}

export interface MappingToRemember {
  readonly columns: readonly Column[];
  /** Of a workbook, else null. */
  readonly sheet: string | null;
  readonly at: EpochMs;
}

/** Which of these sheets were imported before, the last one first. */
export async function rememberedSheets(
  query: Query,
  organizationId: OrganizationId,
  sheets: readonly string[],
): Promise<readonly string[]> {
  const rows = await query<{ sheet: string }>`
    select sheet from import_mapping
     where organization_id = ${organizationId} and sheet = any (${sheets}::text[])
     group by sheet order by max(used_at) desc limit 3`;
  return rows.map(({ sheet }) => sheet);
}

export async function rememberMapping(
  query: Query,
  organizationId: OrganizationId,
  { columns, sheet, at }: MappingToRemember,
): Promise<void> {
  const key = headerKey(columns.map(({ name }) => name));
  await query`
    insert into import_mapping (organization_id, header_key, columns, sheet, used_at)
    values (${organizationId}, ${key}, ${JSON.stringify(columns)}::text::jsonb, ${sheet}, ${new Date(at)})
    on conflict (organization_id, header_key) do update
      set columns = excluded.columns, sheet = excluded.sheet, used_at = excluded.used_at`;
}

const headerKey = (names: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(names)).digest('hex');
