import { describe, expect, it } from '@jest/globals';
import { matchWithin } from './match-within.js';

describe('matchWithin', () => {
  it('matches as the regular expression does', () => {
    expect(matchWithin('^\\p{L}+$', 'Übung')).toBe(true);
    expect(matchWithin('^a$', 'b')).toBe(false);
  });

  it.each(['(a+)+$', '(a|aa)+$', '(.*a){20}$', '^(([a-z])+.)+[A-Z]([a-z])+$', '(x+x+)+y'])(
    'gives up on a pattern that would take years: %s',
    (pattern) => {
      const text = pattern.includes('x') ? 'x'.repeat(60) : `${'a'.repeat(60)}!`;
      expect(matchWithin(pattern, text)).not.toBe(true);
    },
  );
});
