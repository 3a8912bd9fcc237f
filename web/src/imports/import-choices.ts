import type { ImportColumn, ImportOptions, ImportPreview } from '../../../server/api.ts';

/** What a column of a file can be for us; the others become fields of the organization's own. */
export const COLUMN_TARGETS = [
  'phone',
  'firstName',
  'lastName',
  'fullName',
  'externalId',
  'other',
  'ignore',
] as const satisfies readonly ImportColumn['field'][];

export const FIELD_TYPES = ['text', 'number', 'date', 'yes-no'] as const satisfies readonly NonNullable<
  ImportColumn['type']
>[];

export type Encoding = NonNullable<ImportPreview['encoding']>;
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-kr',
  'windows-1252',
  'windows-1250',
  'windows-1251',
] as const satisfies readonly Encoding[];

export const DELIMITERS = [',', ';', '\t', '|'] as const;

export type Duplicates = NonNullable<ImportOptions['duplicates']>;
export const DUPLICATE_WAYS = ['byNumber', 'byExternalId'] as const satisfies readonly (keyof Duplicates)[];
export const DUPLICATE_PLACES = ['file', 'list', 'organization'] as const;
export type DuplicateAction = Duplicates['byNumber']['organization'];

/** As the server does when nothing is said. */
export const DEFAULT_DUPLICATES: Duplicates = {
  byNumber: { file: 'reject', list: 'update', organization: 'add' },
  byExternalId: { file: 'update', list: 'update', organization: 'add' },
};

/** In other lists somebody may be known and still be a new lead of this one. */
export function duplicateActions(place: (typeof DUPLICATE_PLACES)[number]): readonly DuplicateAction[] {
  return place === 'organization' ? ['add', 'update', 'skip', 'reject'] : ['update', 'skip', 'reject'];
}

/** Columns with one of them changed by hand. What only one column can be is taken from the one that was it. */
export function withColumn(
  columns: readonly ImportColumn[],
  index: number,
  change: Pick<ImportColumn, 'field' | 'type'>,
): readonly ImportColumn[] {
  const isSingle = !['phone', 'other', 'ignore'].includes(change.field);
  return columns.map((column, i) => {
    if (i === index) return { name: column.name, ...change };
    return isSingle && column.field === change.field ? { name: column.name, field: 'other' } : column;
  });
}
