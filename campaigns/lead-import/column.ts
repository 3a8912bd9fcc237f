import type { FieldType } from './field-type.ts';
import type { LeadField } from './header-words.ts';

/** A column of a file, and what it is for us. */
export interface Column {
  /** As in the header, made unique; "Column 3" where there is none. */
  readonly name: string;
  readonly field: LeadField;
  /** Of a field of the organization's own; none is text. */
  readonly type?: FieldType;
}
