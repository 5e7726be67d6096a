import { describe, expect, it } from '@jest/globals';
import { LiveText } from './live-text.js';

/** Reads a text piece by piece. */
function readAll(text: LiveText, from = 0): string[] {
  const pieces: string[] = [];
  for (let at = from; at < text.length; at += pieces.at(-1)?.length ?? Infinity) pieces.push(text.piece(at));
  return pieces;
}

describe('LiveText', () => {
  it('returns the text in bounded pieces, from any offset', () => {
    const text = new LiveText();
    let whole = '';
    for (let index = 0; index < 5_000; index += 1) {
      const word = `word ${index} `.repeat((index % 7) + 1);
      text.write(whole.length, word);
      whole += word;
    }
    expect(text.length).toBe(whole.length);
    for (const from of [0, 1, 65_536, 65_537, 200_000, whole.length - 1, whole.length]) {
      const pieces = readAll(text, from);
      expect(pieces.join('')).toBe(whole.slice(from));
      expect(Math.max(0, ...pieces.map((piece) => piece.length))).toBeLessThan(66_000);
    }
  });

  it('accepts one long text unchanged, and an empty text', () => {
    const text = new LiveText();
    expect([text.length, text.piece(0)]).toEqual([0, '']);
    text.write(0, 'x'.repeat(300_000));
    text.write(300_000, 'y');
    expect(readAll(text).join('')).toBe(`${'x'.repeat(300_000)}y`);
  });

  it('discards the text after an offset that is written again', () => {
    const text = new LiveText();
    for (let index = 0; index < 4; index += 1) text.write(index * 50_000, 'abcde'.repeat(10_000));
    text.write(100_001, 'again');
    expect(text.length).toBe(100_006);
    expect(readAll(text).join('').slice(-7)).toBe('eaagain');
    text.write(0, 'new');
    expect(readAll(text)).toEqual(['new']);
  });
});
