import { describe, expect, it } from '@jest/globals';
import { wrapRows } from './wrap-rows.js';
import type { Box } from './box.js';

const chain = (count: number): ReadonlyMap<string, Box> =>
  new Map(
    Array.from({ length: count }, (_, index) => [`n${index}`, { x: index * 312, y: 50, width: 248, height: 100 }]),
  );
/** The columns and rows of cards, counted from 0. */
function gridOf(positions: ReadonlyMap<string, readonly [number, number]>): readonly string[] {
  const rows = [...new Set([...positions.values()].map(([, y]) => y))].sort((a, b) => a - b);
  return [...positions.values()].map(([x, y]) => `${rows.indexOf(y)}:${x / 312}`);
}

describe('a long chain', () => {
  it('wraps into rows that start at the left, as text does', () => {
    expect(gridOf(wrapRows(chain(7), []))).toEqual(['0:0', '0:1', '0:2', '1:0', '1:1', '1:2', '2:0']);
  });

  it('stays in one row when more rows would show it no larger', () => {
    expect(gridOf(wrapRows(chain(3), []))).toEqual(['0:0', '0:1', '0:2']);
  });

  it('keeps each group in one row', () => {
    const grid = gridOf(wrapRows(chain(7), [['n2', 'n3']]));
    expect(grid[2]?.split(':')[0]).toBe(grid[3]?.split(':')[0]);
    const together = gridOf(wrapRows(chain(7), [[...chain(7).keys()]]));
    expect(together.every((at) => at.startsWith('0:'))).toBe(true);
  });

  it('stays in one row when there are too many nodes for edges around cards, and may be empty', () => {
    expect(gridOf(wrapRows(chain(200), [])).every((at) => at.startsWith('0:'))).toBe(true);
    expect(wrapRows(new Map(), [])).toEqual(new Map());
  });
});
