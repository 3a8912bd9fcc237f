import { expect, test } from 'vitest';
import type { EpochMs } from '../kernel/time.ts';
import { FigureCache } from './figure-cache.ts';

const at = (ms: number) => ms as EpochMs;

function counting(isSlow = true) {
  const cache = new FigureCache<number>(() => isSlow, { freshMs: 10, shownMs: 100 });
  let counts = 0;
  const count = () => {
    counts += 1;
    return Promise.resolve(counts);
  };
  const owner = {};
  const read = (now: number, whose: object = owner) =>
    cache.read({ owner: whose, key: 'k', now: at(now) }, count);
  return { read, counts: () => counts };
}

test('fresh figures are not counted again; older ones are shown once more and counted behind it', async () => {
  const { read, counts } = counting();
  expect(await read(0)).toMatchObject({ value: 1, countedAt: 0 });
  expect(await read(10)).toMatchObject({ value: 1, countedAt: 0 });
  expect(await read(11)).toMatchObject({ value: 1, countedAt: 0 });
  expect(await read(12)).toMatchObject({ value: 2, countedAt: 11 });
  expect(counts()).toBe(2);
});

test('what is too old is not shown, and figures of one owner never reach another', async () => {
  const { read } = counting();
  await read(0);
  expect(await read(101)).toMatchObject({ value: 2, countedAt: 101 });
  expect(await read(101, {})).toMatchObject({ value: 3 });
});

test('figures that are quick to count are always counted', async () => {
  const { read } = counting(false);
  await read(0);
  expect(await read(0)).toMatchObject({ value: 2 });
});
