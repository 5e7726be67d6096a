import { describe, expect, it } from '@jest/globals';
import { barOf, ticksOf } from './timeline-scale.js';

describe('timeline', () => {
  it('draws executions by their share of the duration of the run', () => {
    expect(barOf(100, 300, 100, 500)).toEqual({ left: 0, width: 0.5 });
    expect(barOf(300, 500, 100, 500)).toEqual({ left: 0.5, width: 0.5 });
  });

  it('keeps the shortest execution visible, and none beyond the edge', () => {
    const last = barOf(500, 500, 100, 500);
    expect(last.width).toBeGreaterThan(0);
    expect(last.left + last.width).toBeLessThanOrEqual(1);
    expect(barOf(0, 0, 0, 0)).toEqual({ left: 0, width: 0.004 });
  });

  it('labels about five round times', () => {
    expect(ticksOf(11_300)).toEqual([0, 5000, 10_000]);
    expect(ticksOf(900)).toEqual([0, 200, 400, 600, 800]);
    expect(ticksOf(0)).toEqual([0]);
    expect(ticksOf(1)).toEqual([0]);
  });
});
