/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { parseDocument } from '@heddle/core';
import { computePositions } from '../document/layout/compute-positions.js';
import type { CanvasHandle } from './view-store.js';
import { cardHeights } from './card-heights.js';

// jsdom lacks structuredClone; the numbers and texts that dagre copies survive JSON.
globalThis.structuredClone ??= (value: unknown) => JSON.parse(JSON.stringify(value)) as never;

afterEach(() => {
  document.body.innerHTML = '';
  Reflect.deleteProperty(HTMLElement.prototype, 'offsetHeight');
});

it('lays cards out by their full height, even at a low zoom or outside the view', () => {
  // As in a browser: a card at low zoom hides its live text.
  Object.defineProperty(HTMLElement.prototype, 'offsetHeight', {
    configurable: true,
    get(this: HTMLElement) {
      return this.querySelector('[data-far]') === null ? 400 : 96;
    },
  });
  document.body.innerHTML = ['a', 'b']
    .map((id) => `<div class="react-flow__node" data-id="${id}"><article class="card" data-far="true"></article></div>`)
    .join('');
  const canvas = { boxOf: (id: string) => (id === 'c' ? { x: 0, y: 0, width: 248, height: 300 } : undefined) };
  const heights = cardHeights(['a', 'b', 'c', 'never'], canvas as CanvasHandle);
  expect([...heights]).toEqual([
    ['a', 400],
    ['b', 400],
    ['c', 300],
  ]);
  expect(document.querySelectorAll('[data-far]')).toHaveLength(2);

  const node = { type: 'x', version: 1 };
  const start = { from: 'start.out', to: '' };
  const { edges, ...rest } = parseDocument({
    heddle: 2,
    name: 'Test',
    nodes: { start: node, a: node, b: node, c: node },
    edges: ['a', 'b', 'c'].map((id) => ({ ...start, to: `${id}.in` })),
  });
  const positions = computePositions({ ...rest, edges }, [], heights);
  const column = (['a', 'b', 'c'] as const)
    .map((id) => ({ top: positions.get(id)?.[1] ?? 0, height: heights.get(id) ?? 0 }))
    .sort((one, other) => one.top - other.top);
  for (const [index, { top }] of column.entries()) {
    const above = column[index - 1];
    if (above !== undefined) expect(top - above.top).toBeGreaterThanOrEqual(above.height);
  }
});
