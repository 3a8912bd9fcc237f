import type { Locale } from '../../compliance/locale.ts';
import type { FileLayout } from './columns.ts';
import type { DuplicateRules } from './duplicate-rules.ts';
import type { FieldType } from './field-type.ts';
import type { Encoding } from './file-text.ts';

export type FileFormat = 'text' | 'workbook';

/** All that decides what becomes of a file, so that a run that goes on later decides the same. */
export interface ImportPlan {
  readonly format: FileFormat;
  /** Null: as the bytes suggest, once they are more than ASCII. */
  readonly encoding: Encoding | null;
  /** Of a workbook; null (or left out by an older version): the first with anything on it. */
  readonly sheet?: string | null;
  readonly layout: FileLayout;
  /** ISO 3166-1 of numbers that are written without one. */
  readonly country: string;
  readonly rules: DuplicateRules;
  /** Of whoever started it: what goes wrong is said in his language. */
  readonly locale: Locale;
}

/** Cells of a column that are not of its type; they were kept as they came. */
export interface Misfit {
  readonly column: string;
  readonly type: FieldType;
  readonly cells: number;
  /** The first of them. */
  readonly line: number;
}
