import { api } from '../api/api-client.ts';
import { DeskMessages } from './desk-messages.svelte.ts';

/** The messages of the agent who is signed in here. */
export const deskMessages = new DeskMessages(api);
