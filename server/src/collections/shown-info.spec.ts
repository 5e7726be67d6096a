import { labelOf, type CollectionInfo, type DocumentInfo } from '@heddle/core';
import { describe, expect, it } from '@jest/globals';
import { shownInfo } from './shown-info.js';

const info: CollectionInfo = {
  name: 'notes',
  embedding: 'fake',
  dimensions: 3,
  splitter: { kind: 'recursive', maxTokens: 100, overlapTokens: 0 },
  label: labelOf('internal'),
  store: 'embedded',
  documents: 3,
  passages: 9,
  createdAt: 5,
  updatedAt: 99,
};
const readable = (documents: readonly Pick<DocumentInfo, 'passages' | 'updatedAt'>[]) => () =>
  Promise.resolve({ documents: () => Promise.resolve(documents as readonly DocumentInfo[]) });
const unread = (): never => {
  throw new Error('Nothing is read.');
};

describe('what a reader learns of a collection', () => {
  it('is everything where no document has a list of readers, and nothing is read for it', async () => {
    expect(await shownInfo(info, unread)).toEqual(info);
  });

  it('is what they may read, and never whether there is more', async () => {
    const restricted = { ...info, restricted: 2 };
    const { restricted: _restricted, ...rest } = restricted;
    const one = readable([{ passages: 4, updatedAt: 7 }]);
    expect(await shownInfo(restricted, one)).toEqual({ ...rest, documents: 1, passages: 4, updatedAt: 7 });
    expect(await shownInfo(restricted, readable([]))).toEqual({ ...rest, documents: 0, passages: 0, updatedAt: 5 });
  });

  it('has no counts in a large collection, which is not read for each request', async () => {
    const { documents: _d, passages: _p, updatedAt: _u, ...rest } = info;
    expect(await shownInfo({ ...info, documents: 1_001, restricted: 1 }, unread)).toEqual(rest);
  });
});
