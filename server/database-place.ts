import type { Config } from './config.ts';
import { startEmbeddedPostgres } from './postgres-supervisor.ts';

/** A PostgreSQL that answers, ours or the operator's. */
export interface DatabasePlace {
  /** Contains a password: never log it. */
  readonly url: string;
  readonly isEmbedded: boolean;
  /** One line for people, or null. */
  readonly note: string | null;
  /** Lets go of it; the embedded one stops when nobody else uses it. */
  leave(): Promise<void>;
}

/** DATABASE_URL where it is set, else the embedded PostgreSQL, which is started when it does not run. */
export async function openDatabasePlace(
  config: Config,
  report: (line: string) => void,
): Promise<DatabasePlace> {
  if (config.databaseUrl !== null) {
    return {
      url: config.databaseUrl.reveal(),
      isEmbedded: false,
      note: null,
      leave: () => Promise.resolve(),
    };
  }
  const postgres = await startEmbeddedPostgres({ dataFolder: config.dataFolder, report });
  return { url: postgres.url, isEmbedded: true, note: postgres.note, leave: () => postgres.stop() };
}
