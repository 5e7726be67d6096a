import { describe, expect, it } from '@jest/globals';
import type { ModelMachine } from '@heddle/core';
import { fitOf, machineText, speedText } from './model-fit.js';

const machine: ModelMachine = { memoryMb: 4096, limitMb: 2867, usesGpu: false };

describe('whether a model fits this machine', () => {
  it.each([
    ['a small one does', 430, true, /^Fits this machine: about 4\d\d(\.\d)? MB of the [23]\.\d+ GB for models\.$/],
    ['one above the share of models does not, and says why', 3500, false, /needs about .*, and models may use .* of /],
    ['one above the memory does not, and says why', 9000, false, /needs about .*, and this machine has .* of memory/],
    ['one of unknown size may', undefined, undefined, /states no size/],
  ])('%s', (_what, needMb, fits, text) => {
    const fit = fitOf({ needMb }, machine);
    expect(fit?.fits).toBe(fits);
    expect(fit?.text).toMatch(text);
  });

  it('is not said when the machine is unknown', () => {
    expect(fitOf({ needMb: 1 }, undefined)).toBeUndefined();
  });

  it.each([
    [undefined, false, 'no GPU that models can use'],
    ['cuda', true, 'models compute on the NVIDIA GPU (CUDA)'],
    ['vulkan', false, 'GPU (Vulkan) found, but models do not use it'],
  ] as const)('names the GPU %s, used: %s', (gpu, usesGpu, text) => {
    expect(machineText({ ...machine, gpu, usesGpu })).toContain(text);
  });
});

describe('the speed of a model', () => {
  const card = (kind: string): never => ({ kind }) as never;
  it('is the speed measured here, or not measured yet', () => {
    expect(speedText({ card: card('generate'), speed: undefined })).toBe('not measured yet');
    expect(speedText({ card: card('generate'), speed: { tokensPerSecond: 41.26 } })).toBe('41 tokens/s');
    expect(speedText({ card: card('generate'), speed: { tokensPerSecond: 3.14 } })).toBe('3.1 tokens/s');
    expect(speedText({ card: card('embed'), speed: { tokensPerSecond: 900 } })).toBe('900 tokens/s read');
  });
});
