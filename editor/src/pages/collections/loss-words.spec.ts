import { describe, expect, it } from '@jest/globals';
import { lossWords } from './loss-words.js';

describe('what goes with a collection', () => {
  it('is told by what is in it', () => {
    expect(lossWords(0)).toBe('It has no documents, and goes for good.');
    expect(lossWords(1)).toBe('Its one document, the passages and the kept original go for good.');
    expect(lossWords(12)).toBe('Its 12 documents, their passages and the kept originals go for good.');
  });

  it('names no number before it is known', () => {
    expect(lossWords(undefined)).toBe('Its documents, their passages and the kept originals go for good.');
  });
});
