import { describe, expect, it } from '@jest/globals';
import { readTime } from './read-time.js';

describe('a date on the command line', () => {
  it('is a day or a time', () => {
    expect(readTime(undefined, '--from')).toBeUndefined();
    expect(readTime('2028-02-29', '--from')).toBe(Date.UTC(2028, 1, 29));
    expect(readTime('2026-11-01T12:00:00Z', '--from')).toBe(Date.UTC(2026, 10, 1, 12));
    expect(readTime('2026-11-01T12:00:00+02:00', '--from')).toBe(Date.UTC(2026, 10, 1, 10));
    expect(readTime('2026-11-01T12:00', '--from')).toBe(new Date(2026, 10, 1, 12).getTime());
  });

  it.each([
    'yesterday',
    '',
    '1',
    '2026-02-31',
    '2027-02-29',
    '2026-02-31T12:00:00Z',
    '2026-13-01',
    '2026-11-01T25:00Z',
  ])('is refused: %j', (text) => {
    expect(() => readTime(text, '--from')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(`--from takes a date`) }),
    );
  });
});
