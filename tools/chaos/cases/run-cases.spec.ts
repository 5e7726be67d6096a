import { describe, expect, it } from '@jest/globals';
import { casesText } from './run-cases.js';

describe('the text about the cases of a chaos run', () => {
  it('counts cases by their outcome, and names those with violations', () => {
    const text = casesText([
      { kind: 'bitrot', number: 1, detail: 'bit 3 of byte 7', outcome: 'refused', violations: [] },
      { kind: 'bitrot', number: 2, detail: 'bit 1 of byte 9', outcome: 'reported', violations: ['it answered 500'] },
      { kind: 'bitrot', number: 3, detail: 'bit 0 of byte 2', outcome: 'refused', violations: [] },
    ]);
    expect(text).toContain('2 bitrot refused, 1 bitrot reported; 1 with violations');
    expect(text).toContain('bitrot 2 (bit 1 of byte 9): it answered 500');
  });
});
