import { describe, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { pushApart } from './push-apart.js';
import type { CardNode, FlowNode } from './flow-types.js';

const node = { type: 'x', version: 1 };
const document = parseDocument({
  heddle: 2,
  name: 'Test',
  nodes: { a: node, b: node, c: node, beside: node },
  edges: [],
  layout: { nodes: { a: [0, 0], b: [100, 150], c: [0, 300], beside: [400, 150] } },
});
const card = (id: string, x: number, y: number, height: number, dragging = false): CardNode => ({
  id,
  type: 'card',
  position: { x, y },
  data: {},
  measured: { width: 248, height },
  dragging,
});
const tops = (nodes: readonly FlowNode[]): Record<string, number> =>
  Object.fromEntries(pushApart(document, nodes).map(({ id, position }) => [id, position.y]));

describe('cards of a run', () => {
  it('move down below a card that grew, one after the other, and those beside it stay', () => {
    const grown = [
      card('c', 0, 300, 100),
      card('b', 100, 150, 120),
      card('a', 0, 0, 240),
      card('beside', 400, 150, 100),
    ];
    expect(tops(grown)).toEqual({ a: 0, b: 256, c: 392, beside: 150 });
  });

  it('return once the card is small again', () => {
    const small = [card('a', 0, 0, 97), card('b', 100, 150, 97), card('c', 0, 300, 97)];
    expect(tops(small)).toEqual({ a: 0, b: 150, c: 300 });
  });

  it('stay when the user put them on each other, and while they are dragged', () => {
    expect(tops([card('a', 0, 0, 240), card('b', 0, 30, 100)])).toEqual({ a: 0, b: 30 });
    expect(tops([card('a', 0, 0, 240), card('b', 0, 150, 100, true)])).toEqual({ a: 0, b: 150 });
    expect(tops([card('a', 0, 0, 240, true), card('b', 0, 150, 100)])).toEqual({ a: 0, b: 150 });
  });
});
