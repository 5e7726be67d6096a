import { describe, expect, it } from '@jest/globals';
import { snap } from './snap-lines.js';

const other = { x: 400, y: 200, width: 100, height: 60 };

describe('snap lines', () => {
  it('align an edge that is near enough, and show the line', () => {
    const { dx, dy, lines } = snap({ x: 396, y: 0, width: 80, height: 40 }, [other], 6);
    expect([dx, dy]).toEqual([4, 0]);
    expect(lines).toEqual([{ axis: 'x', at: 400, from: 0, to: 260 }]);
  });

  it('take the nearest of several', () => {
    expect(snap({ x: 396, y: 0, width: 80, height: 40 }, [other, { ...other, x: 397 }], 6).dx).toBe(1);
  });

  it('align middles, and leave a distant card alone', () => {
    expect(snap({ x: 0, y: 212, width: 80, height: 40 }, [other], 6).dy).toBe(-2);
    expect(snap({ x: 0, y: 0, width: 80, height: 40 }, [other], 6)).toEqual({ dx: 0, dy: 0, lines: [] });
  });
});
