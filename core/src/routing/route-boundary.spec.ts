import { describe, expect, it } from '@jest/globals';
import { boundaryInput, difficultyOf, RouteBoundary } from './route-boundary.js';
import { textFeatureNames, textFeatures } from './text-features.js';

describe('textFeatures', () => {
  it.each(['', 'Hi', '?'.repeat(100), '9'.repeat(100_000), '{}'.repeat(50_000), '\n'.repeat(5_000), 'صباح؟ 你好？'])(
    'gives numbers from 0 to 1 for any text (%#)',
    (text) => {
      const features = textFeatures(text);
      expect(features).toHaveLength(textFeatureNames.length);
      for (const value of features) expect(value >= 0 && value <= 1).toBe(true);
    },
  );

  it('distinguishes a long text with code from a short question', () => {
    const question = textFeatures('Why?');
    const code = textFeatures('if (a[0] === b) { return x; }\n'.repeat(40));
    for (const [index, name] of textFeatureNames.entries())
      if (name === 'length' || name === 'lines' || name === 'symbols')
        expect(code[index]).toBeGreaterThan(question[index] ?? 1);
  });
});

describe('difficultyOf', () => {
  const input = boundaryInput(new Float32Array([1, 0]), 'Why?');

  it('is a probability, computed from a vector of length 1', () => {
    expect(Math.hypot(...input)).toBeCloseTo(1, 6);
    const weights = [...input].map((value) => value * 2);
    expect(difficultyOf({ weights, bias: 0 }, input)).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(difficultyOf({ weights, bias: -100 }, input)).toBeCloseTo(0, 6);
  });

  it('is undefined for the vector of another model', () => {
    expect(difficultyOf({ weights: [1, 2, 3], bias: 0 }, input)).toBeUndefined();
  });

  it.each([{ weights: [1] }, { bias: Number.NaN }, { measured: { share: 2, loss: 0, low: 0, high: 0 } }])(
    'is not computed from a boundary with %j',
    (change) => {
      const boundary = {
        embedding: 'm',
        weights: Array.from({ length: 10 }, () => 0),
        bias: 0,
        training: 't',
        trainedAt: 1,
        rows: 9,
        measured: { share: 0.5, loss: 1, low: 0, high: 2 },
      };
      expect(RouteBoundary.safeParse(boundary).success).toBe(true);
      expect(RouteBoundary.safeParse({ ...boundary, ...change }).success).toBe(false);
    },
  );
});
