import { beforeEach, expect, test } from 'vitest';
import type { CallId } from '../../../kernel/ids.ts';
import { CallDraft, forgetOldDrafts } from './call-draft.svelte.ts';

const callId = 'call-1' as CallId;
const DAY_MS = 86_400_000;

beforeEach(() => localStorage.clear());

test('what was typed is there again after a reload', () => {
  const draft = new CallDraft(callId, localStorage);
  draft.change({ notes: 'wants a call after six', code: 'callback' });
  draft.change({ callbackLocal: '2026-12-03T18:00' });
  const again = new CallDraft(callId, localStorage);
  expect(again.fields).toEqual(draft.fields);
  expect(again.isEmpty).toBe(false);
});

test('drafts of two calls do not mix, and a stored one is gone', () => {
  const first = new CallDraft(callId, localStorage);
  first.change({ notes: 'one' });
  const other = new CallDraft('call-2' as CallId, localStorage);
  expect(other.isEmpty).toBe(true);
  first.discard();
  expect(new CallDraft(callId, localStorage).isEmpty).toBe(true);
});

test('a storage that refuses does not stop anybody from typing', () => {
  const full: Pick<Storage, 'getItem' | 'setItem'> = {
    getItem: () => null,
    setItem: () => {
      throw new DOMException('full', 'QuotaExceededError');
    },
  };
  const draft = new CallDraft(callId, full as Storage);
  draft.change({ notes: 'still here' });
  expect(draft.fields.notes).toBe('still here');
});

test('what is damaged or a week old is forgotten, other things are left alone', () => {
  localStorage.setItem('ringline.call-draft.broken', '{');
  localStorage.setItem('ringline.theme', 'dark');
  new CallDraft('old' as CallId, localStorage, () => 0).change({ notes: 'old' });
  new CallDraft('new' as CallId, localStorage, () => 6 * DAY_MS).change({ notes: 'new' });
  forgetOldDrafts(localStorage, 8 * DAY_MS);
  expect(localStorage.getItem('ringline.call-draft.broken')).toBeNull();
  expect(localStorage.getItem('ringline.theme')).toBe('dark');
  expect(new CallDraft('old' as CallId, localStorage).isEmpty).toBe(true);
  expect(new CallDraft('new' as CallId, localStorage).fields.notes).toBe('new');
});
