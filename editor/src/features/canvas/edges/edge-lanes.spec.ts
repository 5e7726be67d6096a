import { describe, expect, it } from '@jest/globals';
import { Position, type Edge, type InternalNode } from '@xyflow/react';
import type { Lane } from './edge-around.js';
import { lanesApart, edgeLanes } from './edge-lanes.js';

const lane = (left: number, right: number, level: number, way: Lane['way'] = -1): Lane => ({ left, right, level, way });

describe('edges that go around the same card', () => {
  it('run side by side, the shorter one nearer to the card, above and below it', () => {
    const above = lanesApart([
      ['long', lane(0, 900, -22)],
      ['short', lane(100, 400, -22)],
    ]);
    expect([above.get('short')?.level, above.get('long')?.level]).toEqual([-22, -30]);
    const below = lanesApart([
      ['a', lane(0, 300, 122, 1)],
      ['b', lane(0, 400, 125, 1)],
      ['c', lane(0, 500, 122, 1)],
    ]);
    expect([...below.values()].map(({ level }) => level)).toEqual([122, 133, 146]);
  });

  it('keep their level when they lie beside each other or at other heights', () => {
    const lanes = lanesApart([
      ['left', lane(0, 300, -22)],
      ['right', lane(300, 700, -22)],
      ['below', lane(0, 700, 122, 1)],
    ]);
    expect([...lanes.values()].map(({ level }) => level)).toEqual([-22, -22, 122]);
  });

  it('are found among all edges by the ports of their cards', () => {
    const card = (id: string, x: number): InternalNode =>
      // The fields of a card that the lanes read.
      ({
        id,
        type: 'card',
        measured: { width: 200, height: 100 },
        dragging: false,
        internals: {
          positionAbsolute: { x, y: 0 },
          handleBounds: {
            source: [{ id: 'out', x: 195, y: 45, width: 10, height: 10, position: Position.Right }],
            target: [{ id: 'in', x: -5, y: 45, width: 10, height: 10, position: Position.Left }],
          },
        },
      }) as unknown as InternalNode;
    const cards = ['a', 'b', 'c', 'd'].map((id, at) => card(id, at * 300));
    const edge = (source: string, target: string): Edge => ({
      id: `${source}${target}`,
      source,
      target,
      sourceHandle: 'out',
      targetHandle: 'in',
    });
    const lookup = new Map(cards.map((one) => [one.id, one]));
    const lanes = edgeLanes(cards, [edge('a', 'd'), edge('a', 'c'), edge('a', 'b')], lookup);
    const levels = ['ab', 'ac', 'ad'].map((id) => lanes.get(id)?.level);
    expect(levels).toEqual([undefined, 122, 130]);
  });
});
