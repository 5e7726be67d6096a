import { describe, expect, it } from '@jest/globals';
import { atProviderText } from './at-provider-text.js';

describe('the text about calls at a provider', () => {
  it('names how many calls wait, where, and since when', () => {
    const since = new Date(2026, 10, 30, 14, 2).getTime();
    expect(atProviderText({ gathered: 1, submitted: 40, since })).toBe(
      '40 calls wait at the provider, submitted 14:02 · 1 call waits for the next batch',
    );
    expect(atProviderText({ gathered: 0, submitted: 1, problem: 'It is not there.' })).toBe(
      '1 call waits at the provider · It is not there.',
    );
    expect(atProviderText({ gathered: 0, submitted: 0 })).toBeUndefined();
  });
});
