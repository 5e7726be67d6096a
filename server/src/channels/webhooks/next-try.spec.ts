import { describe, expect, it } from '@jest/globals';
import { requestedWait, waitAfter } from './next-try.js';

const now = Date.parse('2026-03-01T12:00:00Z');

describe('the wait before a webhook is tried again', () => {
  it.each([
    [429, '60', 60_000],
    [503, ' 5 ', 5_000],
    [429, 'Sun, 01 Mar 2026 12:01:00 GMT', 60_000],
    [503, 'Sun, 01 Mar 2026 11:00:00 GMT', 0],
    [429, '999999999', 86_400_000],
    [503, 'Sun, 01 Mar 2099 11:00:00 GMT', 86_400_000],
    [429, 'soon', undefined],
    [429, '-5', undefined],
    [429, undefined, undefined],
    [500, '60', undefined],
  ])('follows the reply %d with Retry-After %p: %p', (status, retryAfter, ms) => {
    expect(requestedWait(status, retryAfter, now)).toBe(ms);
  });

  it('follows the usual schedule, is never shorter than Retry-After, and ends after the last try', () => {
    expect([waitAfter(0, undefined), waitAfter(0, 60_000), waitAfter(4, 60_000)]).toEqual([5_000, 60_000, 3_600_000]);
    expect(waitAfter(8, 60_000)).toBeUndefined();
  });
});
