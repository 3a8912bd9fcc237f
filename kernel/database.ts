/** What a statement may carry. Objects travel as `${JSON.stringify(x)}::text::jsonb`. */
export type SqlValue =
  | string
  | number
  | boolean
  | bigint
  | Date
  | null
  | readonly string[]
  | readonly number[]
  | readonly boolean[]
  | readonly (string | null)[]
  | readonly (number | null)[];

/**
 * One parametrised statement: query`select … where id = ${id}`. bigint and numeric columns arrive as numbers where they are
 * safe integers or floats, `date` as an ISO string, timestamptz as EpochMs numbers.
 * Rejects when the connection dies; a write may then have happened or not.
 */
export type Query = <Row extends object = Record<string, never>>(
  text: TemplateStringsArray,
  ...values: SqlValue[]
) => Promise<readonly Row[]>;

/** The query function of one open transaction; refuses to run after the transaction has ended. */
export type Tx = Query & { readonly isTransaction: true };

/** The rows of one organization: every connection behind it carries the organization, row-level security does the rest. */
export interface OrganizationDatabase {
  readonly query: Query;
  /** Commits when `work` resolves, else rolls back. A dead connection ends the transaction: nothing runs outside it. */
  tx<T>(work: (query: Tx) => Promise<T>): Promise<T>;
}
