import { expect, it } from '@jest/globals';
import { makerOf } from './ModelMark.js';

it('names the maker of a model, else its connection, else the model', () => {
  const nameOf = (model: string): string => makerOf(model).name;
  expect(nameOf('openai/gpt-5-mini')).toBe('OpenAI');
  expect(nameOf('router/anthropic/claude-sonnet-4')).toBe('Anthropic');
  expect(nameOf('smollm2-135m')).toBe('Hugging Face');
  expect(nameOf('Qwen3-8B')).toBe('Qwen');
  expect(nameOf('acme/house-model')).toBe('acme');
  expect(nameOf('house-model')).toBe('house-model');
  expect(nameOf('')).toBe('Model');
});
