export interface OriginFacts {
  readonly origin: string | undefined;
  /** Browsers say `same-origin`, `same-site`, `cross-site` or `none`. */
  readonly fetchSite: string | undefined;
  /** Host and port under which we were called. */
  readonly host: string;
  /** Other origins of our own, such as a console on its development server. */
  readonly allowed: readonly string[];
}

/**
 * Whether a request comes from our own pages. Browsers send Origin with everything that changes something; a program without a
 * browser sends none, and still needs the session and its CSRF token.
 */
export function isFromOwnPages({ origin, fetchSite, host, allowed }: OriginFacts): boolean {
  if (origin === undefined)
    return fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
  if (allowed.includes(origin)) return true;
  const url = URL.parse(origin);
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') && url.host === host;
}
