import type { ImportSettings } from './import-files.ts';

export interface HttpSettings {
  /** Shown on the page of the API. */
  readonly version: string;
  /** The built console; null serves the API alone. */
  readonly consoleFolder: string | null;
  /** Other origins of our own, such as a console on its development server. */
  readonly allowedOrigins: readonly string[];
  /** Behind a proxy of ours: X-Forwarded-* is believed. */
  readonly isBehindProxy: boolean;
  /** What switches show with their records; null takes none. */
  readonly cdrSecret: string | null;
  /** Null: metrics are read on this machine only. */
  readonly metricsToken: string | null;
  readonly uploadBytesMax: number;
  readonly imports: ImportSettings;
  readonly limits: RateLimits;
  readonly live: LiveSettings;
}

/** Per minute. */
export interface RateLimits {
  /** One person who mistypes: an account from one address. */
  readonly signInsPerEmail: number;
  /** An account that is guessed at from many addresses. */
  readonly signInsPerAccount: number;
  /** One office behind one address. */
  readonly signInsPerAddress: number;
  readonly requestsPerUser: number;
}

export interface LiveSettings {
  /** A screen is told of changes no more often: each telling is a picture that its browser paints. */
  readonly gapMs: number;
  /** The same towards another node, whose screens wait for their own gap after it. */
  readonly nodeGapMs: number;
  readonly bufferedBytesMax: number;
  readonly retryMs: number;
  /** The server pings each socket so often; one that answers neither of two pings is gone. */
  readonly pingMs: number;
  /** An agent without a screen for so long is reported to the owner of his pool. */
  readonly screenGoneMs: number;
  /** Sessions of open sockets are looked up again so often. */
  readonly sessionCheckMs: number;
}

export const DEFAULT_LIMITS: RateLimits = {
  signInsPerEmail: 10,
  signInsPerAccount: 30,
  signInsPerAddress: 300,
  requestsPerUser: 1200,
};

export const DEFAULT_LIVE: LiveSettings = {
  // Both and the paint stay below the 250 ms within which a change is seen, also on a busy machine.
  gapMs: 150,
  nodeGapMs: 30,
  bufferedBytesMax: 1_000_000,
  retryMs: 1000,
  pingMs: 5000,
  screenGoneMs: 20_000,
  sessionCheckMs: 15_000,
};
