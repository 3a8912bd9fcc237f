import { expect, test } from 'vitest';
import type { CommandId } from '../../../kernel/ids.ts';
import type { DeskCommand } from '../../../server/api.ts';
import { ApiError } from '../api/api-client.ts';
import { Commands } from './commands.svelte.ts';
import { newCommandId } from './new-command-id.ts';

const unreachable = (): ApiError => new ApiError({ status: 0, code: 'unreachable', message: '' });

function commandsWith(answers: (() => void)[]) {
  const sent: DeskCommand[] = [];
  let made = 0;
  const commands = new Commands({
    send: async (command) => {
      sent.push(command);
      answers.shift()?.();
    },
    newId: () => `id-${(made += 1)}` as CommandId,
    wait: () => Promise.resolve(),
  });
  return { commands, sent };
}
const fail = (error: ApiError) => (): void => {
  throw error;
};

test('a command without an answer goes again with the same id', async () => {
  const { commands, sent } = commandsWith([fail(unreachable()), fail(unreachable())]);
  expect(await commands.ask({ type: 'hang-up' })).toBe(true);
  expect(sent.map(({ commandId }) => commandId)).toEqual(['id-1', 'id-1', 'id-1']);
  expect(commands.problem).toBeNull();
});

test('gives up after some tries and says so', async () => {
  const { commands, sent } = commandsWith(Array.from({ length: 9 }, () => fail(unreachable())));
  expect(await commands.ask({ type: 'ready' })).toBe(false);
  expect(sent).toHaveLength(4);
  expect(commands.problem).toContain('cannot be reached');
  expect(commands.pending).toBeNull();
});

test('a "no" of the server is not asked again, and is shown in its words', async () => {
  const refusal = new ApiError({ status: 409, code: 'no-call', message: 'There is no call to hang up.' });
  const { commands, sent } = commandsWith([fail(refusal)]);
  expect(await commands.ask({ type: 'hang-up' })).toBe(false);
  expect(sent).toHaveLength(1);
  expect(commands.problem).toBe('There is no call to hang up.');
  expect(await commands.ask({ type: 'ready' })).toBe(true);
  expect(commands.problem).toBeNull();
});

test('a second press while the first has no answer sends nothing', async () => {
  const { commands, sent } = commandsWith([]);
  const first = commands.ask({ type: 'ready' });
  expect(commands.pending).toBe('ready');
  expect(await commands.ask({ type: 'ready' })).toBe(false);
  await first;
  expect(sent).toHaveLength(1);
});

test('ids are UUIDs of version 4, also where the browser has no randomUUID', () => {
  const ids = new Set(Array.from({ length: 50 }, () => newCommandId()));
  expect(ids.size).toBe(50);
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
