import type { ErrorBody } from '../../../server/api.ts';

/** Code of an answer that did not come from our server. */
export const NOT_OURS = 'not-ours';

/** A request that did not succeed. `message` is one sentence for people; {@link describeApiError} says it on the screen. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0 when no answer came. */
  readonly status: number;
  /** Stable word; `unreachable` when no answer came, {@link NOT_OURS} for an answer that is not ours. */
  readonly code: string;
  /** Path of the field that is wrong. */
  readonly field: string | null;

  constructor(parts: { status: number; code: string; message: string; field?: string | undefined }) {
    super(parts.message);
    this.status = parts.status;
    this.code = parts.code;
    this.field = parts.field ?? null;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;
export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

interface RequestParts {
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
  readonly answerWithinMs?: number;
}

/** A server that does not answer for this long is treated as not reachable. */
const ANSWER_WITHIN_MS = 20_000;

/**
 * For what takes its time by nature: passwords for a whole team, a list of a million leads taken into a campaign or out of it. Shorter
 * than the two minutes that the manual gives a proxy.
 */
export const LONG_WORK_MS = 110_000;

/** The server's HTTP interface: paths are those of `server/api.ts`, beginning with /api. */
export class ApiClient {
  #csrfToken: string | null = null;
  #onSignedOut: () => void = () => undefined;

  useToken(token: string | null): void {
    this.#csrfToken = token;
  }

  get csrfToken(): string | null {
    return this.#csrfToken;
  }

  /** Called when an answer says that nobody is signed in any more. */
  whenSignedOut(listener: () => void): void {
    this.#onSignedOut = listener;
  }

  async get<Answer>(path: string, parts: Pick<RequestParts, 'query' | 'signal'> = {}): Promise<Answer> {
    return this.#request<Answer>('GET', path, parts);
  }

  async send<Answer>(
    method: Exclude<Method, 'GET'>,
    path: string,
    ...[body, parts = {}]: readonly [body?: unknown, parts?: Pick<RequestParts, 'answerWithinMs'>]
  ): Promise<Answer> {
    return this.#request<Answer>(method, path, { ...parts, body });
  }

  /** Headers that a request which changes something must carry. */
  changeHeaders(): Record<string, string> {
    return this.#csrfToken === null ? {} : { 'x-csrf-token': this.#csrfToken };
  }

  async #request<Answer>(method: Method, path: string, parts: RequestParts): Promise<Answer> {
    const headers: Record<string, string> = method === 'GET' ? {} : this.changeHeaders();
    if (parts.body !== undefined) headers['content-type'] = 'application/json';
    const timeout = AbortSignal.timeout(parts.answerWithinMs ?? ANSWER_WITHIN_MS);
    let response: Response;
    try {
      response = await fetch(withQuery(path, parts.query), {
        method,
        headers,
        credentials: 'same-origin',
        signal: parts.signal ? AbortSignal.any([parts.signal, timeout]) : timeout,
        ...(parts.body === undefined ? {} : { body: JSON.stringify(parts.body) }),
      });
    } catch (error) {
      if (parts.signal?.aborted === true) throw error;
      throw new ApiError({ status: 0, code: 'unreachable', message: 'The server cannot be reached.' });
    }
    const body = await readBody(response);
    if (response.ok) return body as Answer;
    const error = errorFromAnswer(response.status, body);
    if (response.status === 401 && path !== '/api/session') this.#onSignedOut();
    throw error;
  }
}

export function withQuery(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

async function readBody(response: Response): Promise<unknown> {
  const text = await response.text().catch(() => '');
  if (text === '') return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** What an answer that is not a success says, also when a proxy between us wrote it. */
export function errorFromAnswer(status: number, body: unknown): ApiError {
  if (isErrorBody(body)) return new ApiError({ status, ...body.error });
  return new ApiError({ status, code: NOT_OURS, message: `The server answered with status ${status}.` });
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

export const api = new ApiClient();
