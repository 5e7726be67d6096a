import { describe, expect, it } from '@jest/globals';
import { sentenceBleu } from './bleu.js';
import { containsParts, exactMatch, matchesPattern, numberWithin } from './checks.js';
import { sentenceChrf } from './chrf.js';
import { editDistance, textSimilarity } from './edit-distance.js';
import { fieldF1 } from './field-f1.js';
import { rouge } from './rouge.js';

describe('exactMatch', () => {
  it('compares values without regard to the order of keys', () => {
    expect(exactMatch({ a: 1, b: [2] }, { b: [2], a: 1 }).score).toBe(1);
    expect(exactMatch([1, 2], [2, 1]).score).toBe(0);
    expect(exactMatch('1', 1)).toEqual({ score: 0, explanation: 'It is 1, not 1.' });
    expect(exactMatch(undefined, null).score).toBe(0);
  });

  it('ignores case, space and the form of accents only if the options say so', () => {
    expect(exactMatch(' Caf\u00e9 ', 'cafe\u0301').score).toBe(0);
    expect(exactMatch(' Caf\u00e9  bar ', 'cafe\u0301 bar', { ignoreCase: true, ignoreSpace: true }).score).toBe(1);
  });

  it('shortens long values in its explanation without splitting a character', () => {
    const { explanation } = exactMatch('🙂'.repeat(5_000), 'x');
    expect(explanation.length).toBeLessThan(250);
    expect(() => encodeURIComponent(explanation)).not.toThrow();
  });
});

describe('containsParts', () => {
  it('gives the share of the parts and names those that are missing', () => {
    expect(containsParts('Paris, France', ['Paris', 'Rome'])).toEqual({
      score: 0.5,
      explanation: "It does not contain 'Rome'.",
    });
    expect(containsParts('paris', ['PARIS'], { ignoreCase: true }).score).toBe(1);
    expect(containsParts('', []).score).toBe(1);
  });
});

describe('matchesPattern', () => {
  const plain = (pattern: string, text: string): boolean => new RegExp(pattern, 'u').test(text);

  it('uses the given matcher, and names a pattern that does not match', () => {
    expect(matchesPattern('order 12', String.raw`\d+`, plain).score).toBe(1);
    expect(matchesPattern('order', String.raw`\d+`, plain)).toEqual({
      score: 0,
      explanation: String.raw`It does not match \d+.`,
    });
  });

  it('throws, and gives no score, for a pattern that takes too long or is invalid', () => {
    expect(() => matchesPattern('aaaa', '(a+)+$', () => undefined)).toThrow('takes too long');
    expect(() => matchesPattern('a', '(', plain)).toThrow();
  });
});

describe('numberWithin', () => {
  it.each([
    ['It costs 1,299.50 euros.', 1299.5, 1],
    ['about -3e2', -300, 1],
    ['\u22125 degrees', -5, 1],
    ['.5', 0.5, 1],
    ['between 3 and 5', 3, 0],
    ['none', 0, 0],
    ['', 0, 0],
    ['v1.2', 1.2, 0],
  ])('compares the number in %j with %j', (answer, expected, score) => {
    expect(numberWithin(answer, expected).score).toBe(score);
  });

  it('accepts a distance equal to the tolerance, and no answer that is not a number', () => {
    expect(numberWithin(0.3, 0.2, { absolute: 0.1 }).score).toBe(1);
    expect(numberWithin(110, 100, { relative: 0.1 }).score).toBe(1);
    expect(numberWithin(Number.NaN, 1, { absolute: 5 }).score).toBe(0);
    expect(numberWithin({ n: 1 }, 1).score).toBe(0);
    expect(() => numberWithin(1, Infinity)).toThrow('The expected number');
  });

  it('reads a megabyte of digits and commas within ten seconds', () => {
    const start = performance.now();
    numberWithin('1,111'.repeat(200_000), 1);
    numberWithin('1.'.repeat(500_000), 1);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('fieldF1', () => {
  it('counts fields by path and value', () => {
    expect(fieldF1({ name: ' Ada ', age: 36 }, { name: 'Ada', age: 37, born: 1815 })).toEqual({
      precision: 0.5,
      recall: 1 / 3,
      f1: 0.4,
    });
    expect(fieldF1({ items: [{ id: 2 }, { id: 1 }] }, { items: [{ id: 1 }, { id: 2 }] }).f1).toBe(1);
    expect(fieldF1([1, 1], [1]).precision).toBe(0.5);
    expect(fieldF1({ 'a/b': 1 }, { a: { b: 1 } }).f1).toBe(0);
    expect(fieldF1('1', 1).f1).toBe(0);
  });

  it('treats null like a missing field, and two values without fields as equal', () => {
    expect(fieldF1({ a: null }, {}).f1).toBe(1);
    expect(fieldF1({}, { a: 1 }).f1).toBe(0);
    expect(fieldF1(undefined, { a: 1 })).toEqual({ precision: 0, recall: 0, f1: 0 });
  });

  it('compares values that are nested deeper than the call stack', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 3_000; level += 1) deep = [deep];
    expect(fieldF1(deep, deep).f1).toBe(1);
  });
});

describe('metrics of texts', () => {
  it('accept empty texts', () => {
    expect(textSimilarity('', '')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(rouge('', '').rougeL.f1).toBe(0);
    expect(sentenceBleu('', [''])).toBe(0);
    expect(sentenceChrf('', [''])).toBe(0);
  });

  it('require at least one reference', () => {
    expect(() => sentenceBleu('a', [])).toThrow('at least one reference');
    expect(() => sentenceChrf('a', [])).toThrow('at least one reference');
  });

  it('refuse texts that would block the process', () => {
    expect(() => editDistance('a'.repeat(200_000), 'b'.repeat(200_000))).toThrow('too long for this metric');
    expect(() => rouge('a '.repeat(200_000), 'b '.repeat(200_000))).toThrow('too long for this metric');
  });
});
