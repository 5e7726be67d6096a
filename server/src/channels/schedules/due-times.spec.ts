import { describe, expect, it } from '@jest/globals';
import { cronTimes } from './cron-times.js';
import { dueTimes } from './due-times.js';

const start = Date.UTC(2026, 10, 28, 4, 17, 0);

describe('the due times of a schedule', () => {
  it.each([0, 422, 999])('are as many as the limit allows, %i ms after a second before the next one', async (ms) => {
    const times = await cronTimes({ cron: '* * * * * *', timeZone: 'UTC' });
    const { due, passed } = dueTimes(times, { catchUp: 'all', catchUpLimit: 3 }, start - 60_000, start + ms);
    expect(due).toEqual([start - 2_000, start - 1_000, start]);
    expect(passed).toBe(start);
  });

  it.each([
    [60_000, 1],
    [60_001, 0],
  ])('are on time for a minute: %i ms later', async (ms, count) => {
    const times = await cronTimes({ cron: '17 4 * * *', timeZone: 'UTC' });
    const { due, passed } = dueTimes(times, { catchUp: 'skip', catchUpLimit: 1 }, start - 60_000, start + ms);
    expect([due.length, passed]).toEqual([count, start]);
  });

  it('are caught up by one run, even in the last second before the next time', async () => {
    const times = await cronTimes({ cron: '* * * * *', timeZone: 'UTC' });
    const { due } = dueTimes(times, { catchUp: 'one', catchUpLimit: 10 }, start - 600_000, start - 500);
    expect(due).toEqual([start - 60_000]);
  });
});
