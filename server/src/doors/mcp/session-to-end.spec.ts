import { describe, expect, it } from '@jest/globals';
import { sessionToEnd } from './session-to-end.js';

const sessions = (...owners: readonly string[]): Map<string, string> =>
  new Map(owners.map((owner, index) => [`session-${index}`, owner]));

describe('the session that gives way', () => {
  it('is none while there is room', () => expect(sessionToEnd(sessions('a', 'b'), 2)).toBeUndefined());

  it('is the oldest of whoever has the most, however old those of others are', () => {
    expect(sessionToEnd(sessions('ada', 'eve', 'eve', 'eve'), 3)).toBe('session-1');
    expect(sessionToEnd(sessions('ada', 'ada', 'eve'), 2)).toBe('session-0');
  });
});
