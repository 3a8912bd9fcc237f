import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TimerHeap } from './switch-time.ts';

test('timers run in the order of their times, equal ones in the order in which they were set, cancelled ones never', () => {
  const timer = fc.record({ dueMs: fc.nat(20), isCancelled: fc.boolean() });
  fc.assert(
    fc.property(fc.array(timer, { maxLength: 60 }), (timers) => {
      const heap = new TimerHeap();
      const ran: number[] = [];
      timers.forEach(({ dueMs, isCancelled }, i) => {
        const handle = heap.set(dueMs, () => ran.push(i));
        if (isCancelled) handle.cancel();
      });
      for (let now = 0; now <= 20; now += 1) while (heap.runNext(now));
      const expected = timers
        .map(({ dueMs, isCancelled }, i) => ({ dueMs, isCancelled, i }))
        .filter(({ isCancelled }) => !isCancelled)
        .sort((a, b) => a.dueMs - b.dueMs || a.i - b.i)
        .map(({ i }) => i);
      expect(ran).toEqual(expected);
      expect(heap.nextDueMs()).toBeNull();
    }),
  );
});
