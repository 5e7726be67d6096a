import { describe, expect, it } from '@jest/globals';
import { end, runOf, start } from '../__fixtures__/history.js';
import { straightenTimes } from './straighten-times.js';

const hour = 3_600_000;
const now = 1_000 * 24 * hour;
const shifted = (shiftMs: number) => ({ kind: 'clock', startedAt: now, endedAt: now, shiftMs }) as const;

describe('times that shifted clocks wrote', () => {
  it('become times of a correct clock, by the shift that applied', () => {
    const run = runOf([start('a', now), end('a', now + 30 * hour + 5), start('b', now - 50 * hour + 9)], {
      acceptedAt: now,
    });
    const [straight] = straightenTimes([run], [shifted(30 * hour), shifted(-50 * hour)], { from: now, to: now + 100 });
    expect(straight?.events.map(({ time }) => time)).toEqual([now, now + 5, now + 9]);
    expect(straight?.acceptedAt).toBe(now);
  });

  it('stay unchanged if no fault explains them', () => {
    const run = runOf([start('a', now), end('a', now + 30 * hour)], { acceptedAt: now });
    const [straight] = straightenTimes([run], [shifted(9 * hour)], { from: now, to: now + 100 });
    expect(straight?.events.map(({ time }) => time)).toEqual([now, now + 30 * hour]);
  });
});
