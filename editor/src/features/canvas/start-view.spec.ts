import { describe, expect, it } from '@jest/globals';
import { startView } from './start-view.js';

const room = { width: 1000, height: 800 };
const card = (id: string, x: number, y: number) => ({
  id,
  type: 'card',
  data: {},
  position: { x, y },
  measured: { width: 248, height: 100 },
});

describe('the view in which a large workflow opens', () => {
  const chain = [...Array.from({ length: 200 }, (_, index) => card(`n${index}`, index * 320, 0))];
  const edges = chain.slice(1).map(({ id }) => ({ target: id }));

  it('has the start at the left at a readable zoom, and centres a low workflow vertically', () => {
    expect(startView(chain.toReversed(), edges, room)).toEqual({ x: 48, y: 375, zoom: 0.5 });
  });

  it('has the start in view when the workflow is higher than the canvas', () => {
    const high = Array.from({ length: 200 }, (_, index) => card(`n${index}`, 100, index * 200));
    const view = startView(
      [...high, card('start', -400, 9000)],
      high.map(({ id }) => ({ target: id })),
      room,
    );
    expect(view).toEqual({ x: 248, y: 280 - 4500, zoom: 0.5 });
  });

  it('is undefined when the whole workflow is readable at once, or has no cards', () => {
    expect(startView([card('a', 0, 0), card('b', 320, 0)], [], room)).toBeUndefined();
    expect(startView([], [], room)).toBeUndefined();
  });

  it('begins at the leftmost card when every card has an incoming edge', () => {
    const all = chain.map(({ id }) => ({ target: id }));
    expect(startView(chain, all, room)?.x).toBe(48);
  });
});
