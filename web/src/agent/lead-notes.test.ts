import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AgentId, LeadId, LeadNoteId } from '../../../kernel/ids.ts';
import { ApiError } from '../api/api-client.ts';
import { LeadNotes, type KeptNote } from './lead-notes.svelte.ts';

const ANA = 'a1' as AgentId;
const BO = 'a2' as AgentId;
const ROSA = 'l1' as LeadId;
const MAX = 'l2' as LeadId;

let sent: KeptNote[] = [];
let failure: Error | null = null;
let made = 0;

function openNotes(agentId: AgentId, leadId: LeadId | null): LeadNotes {
  const notes = new LeadNotes(
    {
      send: async (note) => {
        sent.push(note);
        if (failure) throw failure;
      },
      newId: () => `n${(made += 1)}` as LeadNoteId,
    },
    localStorage,
  );
  notes.hold(agentId, leadId);
  return notes;
}
const settle = () => vi.advanceTimersByTimeAsync(0);
const unreachable = new ApiError({ status: 0, code: 'unreachable', message: '' });

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  [sent, failure, made] = [[], null, 0];
});
afterEach(() => vi.useRealTimers());

test('a note is stored when the agent says so, and its place is empty for the next one', async () => {
  const notes = openNotes(ANA, ROSA);
  expect(notes.store()).toBe(false);
  notes.write('has a ');
  notes.write('has a dog');
  expect(notes.store()).toBe(true);
  expect(notes.text).toBe('');
  await settle();
  expect(sent).toEqual([{ noteId: 'n1', leadId: ROSA, text: 'has a dog', isDone: true }]);
  expect([notes.storedCount, notes.waiting]).toEqual([1, []]);
  notes.write('and a cat');
  notes.store();
  await settle();
  expect(sent[1]).toMatchObject({ noteId: 'n2', text: 'and a cat' });
});

test('what is typed outlives a reload, and nobody else who works at this browser sees it', () => {
  openNotes(ANA, ROSA).write('half a sent');
  expect(openNotes(BO, ROSA).text).toBe('');
  expect(openNotes(ANA, ROSA).text).toBe('half a sent');
  expect(sent).toEqual([]);
});

test('what was typed about a person who leaves the screen is stored with that person', async () => {
  const notes = openNotes(ANA, ROSA);
  notes.write('likes mornings');
  notes.hold(ANA, MAX);
  expect(notes.text).toBe('');
  notes.write('   ');
  notes.hold(ANA, null);
  await settle();
  expect(sent.map(({ leadId, text }) => [leadId, text])).toEqual([[ROSA, 'likes mornings']]);
});

test('a note without an answer goes again under the same id, also after a reload', async () => {
  failure = unreachable;
  const notes = openNotes(ANA, ROSA);
  notes.write('typed once');
  notes.store();
  await settle();
  expect(notes.waiting).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(3000);
  expect(sent).toHaveLength(2);
  notes.close();
  failure = null;
  const again = openNotes(ANA, null);
  await settle();
  expect(sent.map(({ noteId }) => noteId)).toEqual(['n1', 'n1', 'n1']);
  expect(again.waiting).toEqual([]);
  expect(localStorage.getItem('ringline.lead-notes.a1')).toBe('[]');
});

test('a note that the server does not take is shown with the reason and not sent again; the next one goes on', async () => {
  failure = new ApiError({ status: 404, code: 'not-found', message: 'There is no such lead.' });
  const notes = openNotes(ANA, ROSA);
  notes.write('about nobody');
  notes.store();
  await settle();
  expect(notes.refused).toMatchObject([{ text: 'about nobody', message: 'There is no such lead.' }]);
  failure = null;
  notes.write('about somebody');
  notes.store();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sent).toHaveLength(2);
  notes.forgetRefused('n1' as LeadNoteId);
  expect(notes.refused).toEqual([]);
});
