import { describe, expect, it } from '@jest/globals';
import { afterSignIn, signInPath } from './after-sign-in.js';

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
