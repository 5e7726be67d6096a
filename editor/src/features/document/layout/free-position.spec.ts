import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { addNote } from '../edit/notes.js';
import { freePosition } from './free-position.js';

const document = parseDocument({
  heddle: 2,
  name: 'Two',
  nodes: { a: { type: 'set', version: 1 }, b: { type: 'set', version: 1 } },
  edges: [],
  layout: { nodes: { a: [0, 0], b: [0, 180] }, notes: [], groups: [] },
});

describe('where a new card is put', () => {
  it('stays where nothing lies', () => {
    expect(freePosition(document, [400, 0])).toEqual([400, 0]);
  });

  it('goes below what lies there, and below what lies below that', () => {
    expect(freePosition(document, [40, 20])).toEqual([40, 354]);
  });

  it('lies on no note, and a note beneath no card', () => {
    const noted = addNote(document, [400, 0]).document;
    expect(freePosition(noted, [420, 20])).toEqual([420, 144]);
    expect(freePosition(noted, [40, 20], undefined, { width: 220, height: 120 })).toEqual([40, 354]);
  });

  it('knows the size that a card was drawn with', () => {
    const boxOf = (id: string) => (id === 'b' ? { x: 0, y: 180, width: 248, height: 400 } : undefined);
    expect(freePosition(document, [0, 0], boxOf)).toEqual([0, 604]);
  });
});
