import type { Me, SignIn } from '../../../server/api.ts';
import { ApiError, type ApiClient } from '../api/api-client.ts';
import { locale, type LocaleName } from '../i18n/locale.svelte.ts';

export type SessionState = 'unknown' | 'signed-out' | 'signed-in' | 'unreachable';

/** Who sits in front of the screen. */
export class Session {
  readonly #api: ApiClient;
  #state = $state<SessionState>('unknown');
  #me = $state.raw<Me | null>(null);
  #wasEnded = $state(false);

  constructor(api: ApiClient) {
    this.#api = api;
    api.whenSignedOut(() => this.end());
  }

  get state(): SessionState {
    return this.#state;
  }

  get me(): Me | null {
    return this.#me;
  }

  /** Signed out by the server, not by the person: the sign-in page says so. */
  get wasEnded(): boolean {
    return this.#wasEnded;
  }

  async restore(): Promise<void> {
    try {
      this.#begin(await this.#api.get<Me>('/api/session'));
    } catch (error) {
      const isRefused = error instanceof ApiError && error.status >= 400 && error.status < 500;
      this.#state = isRefused ? 'signed-out' : 'unreachable';
    }
  }

  async signIn(who: SignIn): Promise<void> {
    this.#begin(await this.#api.send<Me>('POST', '/api/session', who));
  }

  async signOut(): Promise<void> {
    try {
      await this.#api.send('DELETE', '/api/session');
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
    }
    this.#forget();
    this.#wasEnded = false;
  }

  /** The server no longer knows the session. */
  end(): void {
    if (this.#state !== 'signed-in') return;
    this.#forget();
    this.#wasEnded = true;
  }

  async chooseLocale(name: LocaleName): Promise<void> {
    locale.choose(name);
    if (this.#me === null || this.#me.locale === name) return;
    // Sentences that the server writes follow.
    this.#me = await this.#api.send<Me>('PATCH', '/api/session', { locale: name });
  }

  #begin(me: Me): void {
    this.#me = me;
    this.#api.useToken(me.csrfToken);
    this.#state = 'signed-in';
    this.#wasEnded = false;
    if (!locale.isChosenHere) locale.use(me.locale);
    else if (me.locale !== locale.name) void this.chooseLocale(locale.name).catch(() => undefined);
  }

  #forget(): void {
    this.#me = null;
    this.#api.useToken(null);
    this.#state = 'signed-out';
  }
}
