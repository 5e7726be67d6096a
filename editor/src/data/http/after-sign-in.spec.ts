import { describe, expect, it } from '@jest/globals';
import { afterSignIn, failureWords, signInPath } from './after-sign-in.js';

describe('afterSignIn', () => {
  it('leads back to where somebody was', () => {
    expect(afterSignIn(signInPath('/workflows/a?run=1'))).toBe('/workflows/a?run=1');
    expect(afterSignIn('/sign-in')).toBe('/');
  });

  it('never leads to another place', () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])
      expect(afterSignIn(signInPath(next))).toBe('/');
  });
});

describe('a sign-in at the provider that led back', () => {
  it('is told in words of ours, whatever the address says', () => {
    expect(failureWords(null)).toBeUndefined();
    expect(failureWords('unknown')).toContain('invite you');
    for (const reason of ['<b>call us</b>', '__proto__', 'toString'])
      expect(failureWords(reason)).toBe(failureWords('sign_in_failed'));
  });
});
