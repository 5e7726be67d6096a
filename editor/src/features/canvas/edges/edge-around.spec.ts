import { describe, expect, it } from '@jest/globals';
import { laneAround, lanePath, type CardBox } from './edge-around.js';

const box = (id: string, left: number, top: number, width = 200, height = 100): CardBox => ({
  id,
  left,
  right: left + width,
  top,
  bottom: top + height,
});
/** An edge from left to right at one height. */
const ends = { sourceX: 200, sourceY: 50, targetX: 800, targetY: 50 };

describe('an edge that would run behind a card', () => {
  it('passes the card on the nearer side', () => {
    expect(laneAround(ends, [box('low', 400, 20)])).toEqual({ left: 380, right: 620, level: -2, way: -1 });
    expect(laneAround(ends, [box('high', 400, -20)])).toEqual({ left: 380, right: 620, level: 102, way: 1 });
  });

  it('also passes the cards beyond it that are in the way', () => {
    const lane = laneAround(ends, [box('hit', 400, 20), box('above', 400, -90)]);
    expect(lane?.level).toBe(142);
    expect(laneAround(ends, [box('a', 300, 0, 150), box('b', 500, 20)])).toMatchObject({ left: 280, right: 720 });
  });

  it('stays a plain curve when nothing is in its way', () => {
    expect(laneAround(ends, [])).toBeUndefined();
    expect(laneAround(ends, [box('above', 400, -200), box('below', 400, 120), box('right', 900, 0)])).toBeUndefined();
    expect(laneAround({ ...ends, targetX: 100 }, [box('a', 120, 0, 50)])).toBeUndefined();
  });

  it('is drawn from end to end, with its label in the middle of the lane', () => {
    const [path, x, y] = lanePath(ends, { left: 380, right: 620, level: -2 });
    expect(path).toMatch(/^M200,50 .* 380,-2 L620,-2 .* 800,50$/);
    expect([x, y]).toEqual([500, -2]);
  });
});
