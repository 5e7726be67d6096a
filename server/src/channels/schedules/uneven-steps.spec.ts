import { describe, expect, it } from '@jest/globals';
import { unevenSteps } from './uneven-steps.js';

describe('steps that do not divide their field', () => {
  it.each([
    ['*/7 * * * *', ['Minutes are counted from each full hour: after minute 56 the next pause is 4 minutes.']],
    ['0 */5 * * *', ['Hours are counted from midnight: after 20:00 the next pause is 4 hours.']],
    [
      '0 */45 */23 * * *',
      [
        'Minutes are counted from each full hour: after minute 45 the next pause is 15 minutes.',
        'Hours are counted from midnight: after 23:00 the next pause is 1 hour.',
      ],
    ],
    ['0 0 */2 * *', ['Days are counted from the first of each month.']],
    ['*/15 */6 * * *', []],
    ['*/1 * * * 1-5', []],
    ['0-59/7 * * * *', []],
    ['@daily', []],
  ])('%s', (cron, notes) => expect(unevenSteps(cron)).toEqual(notes));
});
