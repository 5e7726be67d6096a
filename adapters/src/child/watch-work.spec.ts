import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { watchWork } from './watch-work.js';

const limits = { checkEveryMs: 20, workMs: 1_000 };
const ends: (() => void)[] = [];
afterEach(() => ends.splice(0).forEach((end) => end()));

/** What a child had of the processor at each time that the system is asked; the last holds from then on. */
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

describe('the watch over the work of a child', () => {
  it('asks the system nothing at the start where the child said what it had had', async () => {
    const { asked, late } = watched([6_001], { before: 5_000 });
    await Promise.resolve();
    expect(asked).toEqual([]);
    await late;
    expect(asked).toEqual([6_001]);
  });

  it('counts from there: what a child did before is not the time of this work', async () => {
    const { asked, onLate, late } = watched([5_200, 5_400, 6_100], { before: 5_000 });
    await late;
    expect(asked).toEqual([5_200, 5_400, 6_100]);
    expect(onLate).toHaveBeenCalledTimes(1);
  });

  it('asks at the start where nothing was said', async () => {
    const { asked, late } = watched([5_000, 5_500, 6_000]);
    expect(asked).toEqual([5_000]);
    await late;
    expect(asked).toEqual([5_000, 5_500, 6_000]);
  });

  it('ends the wait for a child that never gets the processor, and calls nobody once it was ended', async () => {
    const slow = watched([0], { before: 0 });
    await slow.late;
    expect(slow.asked).toHaveLength(10);
    const { onLate } = watched([9_000], { before: 0 });
    ends.splice(0).forEach((end) => end());
    await after(3 * limits.checkEveryMs);
    expect(onLate).not.toHaveBeenCalled();
  });
});
