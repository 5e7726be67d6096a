import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { watchWork } from './watch-work.js';

const limits = { checkEveryMs: 20, workMs: 1_000 };
const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

/** The CPU time of a child at each request to the system; the last figure then stays. */
function watched(figures: readonly number[], more: { readonly before?: number } = {}) {
  const asked: number[] = [];
  const read = (): Promise<number> => {
    asked.push(figures[Math.min(asked.length, figures.length - 1)] ?? 0);
    return Promise.resolve(asked.at(-1) ?? 0);
  };
  const onLate = jest.fn();
  const late = new Promise<void>((resolve) => {
    const tell = (): void => {
      onLate();
      resolve();
    };
    ends.push(watchWork(1, { ...limits, ...more }, tell, read));
  });
  return { asked, onLate, late };
}
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the watch over the CPU time of a child', () => {
  it('does not ask the system at the start when the child reported its CPU time', async () => {
    const { asked, late } = watched([6_001], { before: 5_000 });
    await Promise.resolve();
    expect(asked).toEqual([]);
    await late;
    expect(asked).toEqual([6_001]);
  });

  it('counts from that report: earlier work of the child is not the time of this call', async () => {
    const { asked, onLate, late } = watched([5_200, 5_400, 6_100], { before: 5_000 });
    await late;
    expect(asked).toEqual([5_200, 5_400, 6_100]);
    expect(onLate).toHaveBeenCalledTimes(1);
  });

  it('asks the system at the start when the child reported nothing', async () => {
    const { asked, late } = watched([5_000, 5_500, 6_000]);
    expect(asked).toEqual([5_000]);
    await late;
    expect(asked).toEqual([5_000, 5_500, 6_000]);
  });

  it('gives up on a child that never gets the processor, and calls nothing after its end', async () => {
    const slow = watched([0], { before: 0 });
    await slow.late;
    expect(slow.asked).toHaveLength(10);
    const { onLate } = watched([9_000], { before: 0 });
    ends.splice(0).forEach((end) => end());
    await after(3 * limits.checkEveryMs);
    expect(onLate).not.toHaveBeenCalled();
  });
});
