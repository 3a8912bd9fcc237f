/** More of it, and the whole of it does not fit into memory beside everything else. */
export const WORKBOOK_ROWS_MAX = 100_000;
/** Compressed, as it is uploaded. */
export const WORKBOOK_FILE_BYTES_MAX = 60_000_000;
/** What it may become when it is unpacked: 100,000 rows of some 20 columns are a tenth of it to a half. */
export const WORKBOOK_UNPACKED_BYTES_MAX = 300_000_000;
/** Of the list of its sheets: a thousand names are a hundredth of it. */
export const WORKBOOK_LIST_BYTES_MAX = 5_000_000;
export const WORKBOOK_ENTRIES_MAX = 2000;
/** Memory of the thread that reads it. */
export const WORKBOOK_HEAP_MEGABYTES_MAX = 1500;
/** Rows of one message between the threads. */
export const WORKBOOK_ROWS_PER_MESSAGE = 1000;
