import { describe, expect, it } from '@jest/globals';
import { lossWords } from './loss-words.js';

describe('what goes with a collection', () => {
  it('is told by what is in it', () => {
    expect(lossWords(0)).toBe('The collection has no documents. It is deleted permanently.');
    expect(lossWords(1)).toBe('Its document, passages and stored original are deleted permanently.');
    expect(lossWords(12)).toBe('Its 12 documents, their passages and stored originals are deleted permanently.');
  });

  it('names no number before it is known', () => {
    expect(lossWords(undefined)).toBe('Its documents, their passages and stored originals are deleted permanently.');
  });
});
