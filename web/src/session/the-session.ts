import { api } from '../api/api-client.ts';
import { Session } from './session.svelte.ts';

/** The one session of this page. */
export const session = new Session(api);
