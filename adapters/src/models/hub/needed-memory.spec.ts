import { describe, expect, it } from '@jest/globals';
import type { ModelCard } from '@heddle/core';
import { neededMb, statedBytes } from './needed-memory.js';

const card = (part: Partial<ModelCard>): ModelCard =>
  ({ runtime: 'llama', files: [], ...part }) as unknown as ModelCard;

describe('the memory that a model needs', () => {
  it('is the figure of its card', () => {
    expect(neededMb(card({ memoryMb: 430 }), 2 ** 30)).toBe(430);
  });

  it('is estimated from its files, or from its parameters when no size is known', () => {
    expect(neededMb(card({}), 2 ** 30)).toBeCloseTo(1024 * 1.2 + 300);
    expect(neededMb(card({ runtime: 'onnx' }), 2 ** 20 * 100)).toBeCloseTo(200);
    expect(neededMb(card({ parametersM: 1000 }), 0)).toBe(1050);
  });

  it('is unknown without any figure', () => {
    expect(neededMb(card({}), 0)).toBeUndefined();
    expect(statedBytes(card({ files: [{ size: 5 }, {}] as never }))).toBe(5);
  });
});
