import { describe, expect, it } from '@jest/globals';
import { lossText } from './loss-text.js';

describe('what is lost with a collection', () => {
  it('is described by the number of documents', () => {
    expect(lossText(0)).toBe('The collection has no documents. It is deleted permanently.');
    expect(lossText(1)).toBe('Its document, passages and stored original are deleted permanently.');
    expect(lossText(12)).toBe('Its 12 documents, their passages and stored originals are deleted permanently.');
  });

  it('names no number before it is known', () => {
    expect(lossText(undefined)).toBe('Its documents, their passages and stored originals are deleted permanently.');
  });
});
