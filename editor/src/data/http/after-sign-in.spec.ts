import { describe, expect, it } from '@jest/globals';
import { afterSignIn, failureText, signInPath } from './after-sign-in.js';

describe('afterSignIn', () => {
  it('leads back to the page before the sign-in', () => {
    expect(afterSignIn(signInPath('/workflows/a?run=1'))).toBe('/workflows/a?run=1');
    expect(afterSignIn('/sign-in')).toBe('/');
  });

  it('never leads to another site', () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])
      expect(afterSignIn(signInPath(next))).toBe('/');
  });
});

describe('a failed sign-in at the provider', () => {
  it('is explained with a fixed text, whatever the address says', () => {
    expect(failureText(null)).toBeUndefined();
    expect(failureText('unknown')).toContain('invite you');
    for (const reason of ['<b>call us</b>', '__proto__', 'toString'])
      expect(failureText(reason)).toBe(failureText('sign_in_failed'));
  });
});
