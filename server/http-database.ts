import type { Database } from './database.ts';

/** The database as HTTP meets it: rows of one organization, questions that look across them, and wake-ups. */
export type HttpDatabase = Pick<Database, 'organization' | 'system' | 'listen'>;
