import { expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { JoinedReads } from './joined-reads.js';

/** A source with a value that the test changes, and reads that the test answers one by one. */
function source() {
  const reads = new JoinedReads<number>();
  const open: { answer: () => void; fail: (error: Error) => void }[] = [];
  const state = { value: 1, reads: 0 };
  const read = (key = 'a'): Promise<number> =>
    reads.read(key, () => {
      state.reads += 1;
      // A read sees the value at its start.
      const { value } = state;
      return new Promise((resolve, reject) => open.push({ answer: () => resolve(value), fail: reject }));
    });
  return { state, read, next: () => open.shift() };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('starts one read for all requests during another read, after the last of them', async () => {
  const { state, read, next } = source();
  const first = read();
  state.value = 2;
  const others = [read(), read(), read()];
  state.value = 3;
  next()?.answer();
  await tick();
  next()?.answer();
  expect(await first).toBe(1);
  expect(await Promise.all(others)).toEqual([3, 3, 3]);
  expect(state.reads).toBe(2);
});

it('reads again for a request after the joined read began', async () => {
  const { state, read, next } = source();
  const early = [read(), read()];
  next()?.answer();
  await tick();
  state.value = 2;
  const late = read();
  next()?.answer();
  await tick();
  next()?.answer();
  expect(await Promise.all(early)).toEqual([1, 1]);
  expect(await late).toBe(2);
});

it('reads at once for another key, and when no read is running', async () => {
  const { state, read, next } = source();
  const one = read('a');
  const other = read('b');
  expect(state.reads).toBe(2);
  next()?.answer();
  next()?.answer();
  await Promise.all([one, other]);
  const again = read('a');
  expect(state.reads).toBe(3);
  next()?.answer();
  await again;
});

it('reads again after an error that may pass, but not after a fault of the store', async () => {
  const { state, read, next } = source();
  const absent = read();
  const found = read();
  next()?.fail(new HeddleError('run_not_found', 'There is no run.'));
  await expect(absent).rejects.toMatchObject({ code: 'run_not_found' });
  next()?.answer();
  expect(await found).toBe(1);
  const away = [read(), read(), read()];
  next()?.fail(new HeddleError('database_unreachable', 'It is away.'));
  for (const reading of away) await expect(reading).rejects.toMatchObject({ code: 'database_unreachable' });
  expect(state.reads).toBe(3);
  const back = read();
  next()?.answer();
  expect(await back).toBe(1);
});
