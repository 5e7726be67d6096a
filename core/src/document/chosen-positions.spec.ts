import { expect, it } from '@jest/globals';
import { chosenPositions } from './chosen-positions.js';
import { sketchOf } from './sketch-document.js';

const node = { type: 'x', version: 1, config: {} };
const nodes = { a: node, b: node };
const layout = (positions: Record<string, [number, number]>) => ({ nodes: positions, notes: [], groups: [] });

it('keeps positions unless several nodes all have the same position', () => {
  const chosen = (positions: Record<string, [number, number]>) => [
    ...chosenPositions({ nodes, layout: layout(positions) }),
  ];
  expect(chosen({ a: [1, 2], b: [1, 3] })).toEqual([
    ['a', [1, 2]],
    ['b', [1, 3]],
  ]);
  expect(chosen({ a: [5, 5], gone: [5, 5] })).toEqual([['a', [5, 5]]]);
  expect(chosen({ a: [0, 0], b: [0, 0] })).toEqual([]);
  expect(chosen({})).toEqual([]);
});

it('puts nodes that all have the same position into columns', () => {
  const document = { heddle: 2 as const, name: 'Heap', nodes, edges: [{ from: 'a.out', to: 'b.in' }] };
  const [a, b] =
    sketchOf({ ...document, layout: layout({ a: [0, 0], b: [0, 0] }) }, { get: () => undefined })?.nodes ?? [];
  expect(b?.[0]).toBeGreaterThan(a?.[0] ?? 0);
});
