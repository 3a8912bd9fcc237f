import { newCommandId } from './new-command-id.ts';

const STORAGE_KEY = 'ringline.screen';

/** Names this tab: it takes its own place again after a reload or a broken line without asking. */
export function screenId(storage: Storage): string {
  const known = storage.getItem(STORAGE_KEY);
  if (known !== null) return known;
  const made: string = newCommandId();
  storage.setItem(STORAGE_KEY, made);
  return made;
}
