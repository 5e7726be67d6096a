import { describe, expect, it } from '@jest/globals';
import { stablePieces } from './stable-pieces.js';

describe('stablePieces', () => {
  it('keeps all but the last piece while a text grows, and loses nothing', () => {
    const whole = 'weave 🧶 and more, '.repeat(200);
    let before: readonly string[] = [];
    for (let length = 0; length <= whole.length; length += 37) {
      const pieces = stablePieces(whole.slice(0, length));
      expect(pieces.join('')).toBe(whole.slice(0, length));
      expect(pieces.slice(0, Math.max(0, before.length - 1))).toEqual(before.slice(0, -1));
      before = pieces;
    }
  });

  it('does not cut a character in two', () => {
    for (let shift = 0; shift < 4; shift += 1) {
      for (const piece of stablePieces(`${'a'.repeat(598 + shift)}${'🧶'.repeat(900)}`))
        expect(piece).not.toMatch(/^[\udc00-\udfff]/);
    }
  });
});
