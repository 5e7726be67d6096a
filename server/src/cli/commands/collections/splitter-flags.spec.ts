import { describe, expect, it } from '@jest/globals';
import { refuseOtherSplitter, splitterOf } from './splitter-flags.js';

describe('the splitter options of ingest', () => {
  it('contain only what was given', () => {
    expect(splitterOf({ context: true })).toEqual({});
    expect(splitterOf({ split: 'row', size: 100, overlap: 0, context: false })).toEqual({
      kind: 'row',
      maxTokens: 100,
      overlapTokens: 0,
      context: false,
    });
  });

  it.each([{ size: 15 }, { size: Number.NaN }, { overlap: -1 }, { overlap: 1.5 }])('refuse %j', (given) => {
    expect(() => splitterOf({ context: true, ...given })).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('are refused when the collection was created with others', () => {
    const splitter = { kind: 'markdown', maxTokens: 200, overlapTokens: 20 } as const;
    const known = {
      name: 'faq',
      embedding: 'fake',
      dimensions: 64,
      splitter,
      label: { level: 'internal' as const, marks: [] },
      store: 'embedded' as const,
      documents: 0,
      passages: 0,
      createdAt: 0,
      updatedAt: 0,
    };
    expect(() => refuseOtherSplitter(known, {})).not.toThrow();
    expect(() => refuseOtherSplitter(known, { kind: 'markdown', maxTokens: 200, context: false })).not.toThrow();
    expect(() => refuseOtherSplitter(known, { maxTokens: 220 })).toThrow(
      "The collection 'faq' was created with --split markdown --size 200 --overlap 20 --no-context: leave these options out, or take another name.",
    );
  });
});
