import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { freePlace } from './free-place.js';

const document = parseDocument({
  heddle: 1,
  name: 'Two',
  nodes: { a: { type: 'set', version: 1 }, b: { type: 'set', version: 1 } },
  edges: [],
  layout: { nodes: { a: [0, 0], b: [0, 180] }, notes: [], groups: [] },
});

describe('where a new card is put', () => {
  it('stays where nothing lies', () => {
    expect(freePlace(document, [400, 0])).toEqual([400, 0]);
  });

  it('goes below what lies there, and below what lies below that', () => {
    expect(freePlace(document, [40, 20])).toEqual([40, 354]);
  });

  it('knows the size that a card was drawn with', () => {
    const boxOf = (id: string) => (id === 'b' ? { x: 0, y: 180, width: 248, height: 400 } : undefined);
    expect(freePlace(document, [0, 0], boxOf)).toEqual([0, 604]);
  });
});
