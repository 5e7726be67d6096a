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

describe('the position of a new card', () => {
  it('stays when nothing is there', () => {
    expect(freePosition(document, [400, 0])).toEqual([400, 0]);
  });

  it('moves below all cards that are in the way', () => {
    expect(freePosition(document, [40, 20])).toEqual([40, 354]);
  });

  it('avoids notes, and a new note avoids cards', () => {
    const noted = addNote(document, [400, 0]).document;
    expect(freePosition(noted, [420, 20])).toEqual([420, 144]);
    expect(freePosition(noted, [40, 20], undefined, { width: 220, height: 120 })).toEqual([40, 354]);
  });

  it('respects the drawn size of a card', () => {
    const boxOf = (id: string) => (id === 'b' ? { x: 0, y: 180, width: 248, height: 400 } : undefined);
    expect(freePosition(document, [0, 0], boxOf)).toEqual([0, 604]);
  });
});
