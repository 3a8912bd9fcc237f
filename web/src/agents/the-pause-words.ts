import { api } from '../api/api-client.ts';
import { PauseWords } from './pause-words.svelte.ts';

/** The pause reasons of whoever is signed in. */
export const pauseWords = new PauseWords(api);
