import { describe, expect, it } from '@jest/globals';
import { SlotPool } from './slot-pool.js';

const never = new AbortController().signal;
const options = (positions: number[] = [], signal = never) => ({
  signal,
  onPosition: (position: number) => void positions.push(position),
  prefer: (free: readonly string[]) => free.at(-1),
});

describe('the slots of a model', () => {
  it('assign the preferred slot when it is free', async () => {
    const pool = new SlotPool('m', ['a', 'b'], 2, () => undefined);
    expect(await pool.acquire(options())).toBe('b');
    expect(await pool.acquire(options())).toBe('a');
  });

  it('queue calls in order and report the position of each as it moves up', async () => {
    const pool = new SlotPool('m', ['a'], 5, () => undefined);
    await pool.acquire(options());
    const first: number[] = [];
    const second: number[] = [];
    const one = pool.acquire(options(first));
    const two = pool.acquire(options(second));
    expect(pool).toMatchObject({ inUse: 1, waiting: 2 });
    pool.release('a');
    expect(await one).toBe('a');
    pool.release('a');
    expect(await two).toBe('a');
    expect([first, second]).toEqual([[1], [2, 1]]);
  });

  it('refuse a call when the queue is full', async () => {
    const pool = new SlotPool('m', ['a'], 1, () => undefined);
    await pool.acquire(options());
    void pool.acquire(options());
    await expect(pool.acquire(options())).rejects.toMatchObject({ code: 'model_busy', retryable: true });
  });

  it('remove an aborted call from the queue', async () => {
    const pool = new SlotPool('m', ['a'], 5, () => undefined);
    await pool.acquire(options());
    const controller = new AbortController();
    const gone = pool.acquire(options([], controller.signal));
    const indexes: number[] = [];
    const stays = pool.acquire(options(indexes));
    controller.abort();
    await expect(gone).rejects.toMatchObject({ code: 'aborted' });
    pool.release('a');
    expect(await stays).toBe('a');
    expect(indexes).toEqual([2, 1]);
  });
});
