import { expect, test } from 'vitest';
import { undoAll } from './undo.ts';

test('what fails to end keeps nothing else from ending, and the first failure is said', async () => {
  const ended: string[] = [];
  const first = new Error('the switch hangs');
  const undo = [
    () => void ended.push('database'),
    () => Promise.reject(new Error('the lock is gone')),
    () => void ended.push('http'),
    () => Promise.reject(first),
  ];
  await expect(undoAll(undo)).rejects.toBe(first);
  expect([ended, undo]).toEqual([['http', 'database'], []]);
});
