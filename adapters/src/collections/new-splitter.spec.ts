import { describe, expect, it } from '@jest/globals';
import { newSplitter } from './new-splitter.js';

describe('the splitter of a new collection', () => {
  it('fills the window of the embedding model, with room for title and headings', () => {
    expect(newSplitter(undefined, 256)).toEqual({ kind: 'markdown', maxTokens: 220, overlapTokens: 20, context: true });
    expect(newSplitter({ kind: 'row', overlapTokens: 0 }, 128)).toEqual({
      kind: 'row',
      maxTokens: 92,
      overlapTokens: 0,
      context: true,
    });
  });

  it('uses the whole window when only the text is embedded', () => {
    expect(newSplitter({ kind: 'markdown', overlapTokens: 20, context: false }, 256).maxTokens).toBe(254);
  });

  it('keeps passages short when the window of the model is much larger', () => {
    expect(newSplitter(undefined, 8192).maxTokens).toBe(220);
  });

  it('keeps the size of the request', () => {
    expect(newSplitter({ kind: 'fixed', maxTokens: 500, overlapTokens: 0 }, 256).maxTokens).toBe(500);
  });
});
