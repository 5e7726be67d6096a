import { expect, it } from '@jest/globals';
import { coveredCorners, mapCorners, nextCorner } from './map-corner.js';

const canvas = { width: 1000, height: 800 };
const card = (x: number, y: number) => ({ x, y, width: 248, height: 120 });

it('finds the corners in which the map would cover a card', () => {
  const covered = (...boxes: ReturnType<typeof card>[]) => [...coveredCorners(boxes, canvas)];
  expect(covered(card(100, 300), card(500, 700))).toEqual([]);
  expect(covered(card(700, 650))).toEqual(['bottom-right']);
  expect(covered(card(900, -60), card(900, 790))).toEqual(['bottom-right', 'top-right']);
  expect(covered(card(-100, -50))).toEqual(['top-left']);
  expect(covered(card(1010, 700), card(800, -121))).toEqual([]);
});

it('moves the map to a free corner, and keeps its corner when none is free', () => {
  expect(nextCorner('bottom-right', new Set())).toBe('bottom-right');
  expect(nextCorner('top-right', new Set())).toBe('top-right');
  expect(nextCorner('bottom-right', new Set(['bottom-right']))).toBe('top-right');
  expect(nextCorner('bottom-right', new Set(['bottom-right', 'top-right']))).toBe('top-left');
  expect(nextCorner('top-right', new Set(mapCorners))).toBe('top-right');
});
