import { describe, expect, it } from '@jest/globals';
import { makerOf, providerOf } from './makers.js';

describe('the maker of a model', () => {
  it('is found by the name of the model, then by its connection, and is otherwise the model itself', () => {
    const nameOf = (model: string): string => makerOf(model).name;
    expect(nameOf('openai/gpt-5-mini')).toBe('OpenAI');
    expect(nameOf('router/anthropic/claude-sonnet-4')).toBe('Anthropic');
    expect(nameOf('smollm2-135m')).toBe('Hugging Face');
    expect(nameOf('Qwen3-8B')).toBe('Qwen');
    expect(nameOf('azure-eu/house-deployment')).toBe('Azure');
    expect(nameOf('acme/house-model')).toBe('acme');
    expect(nameOf('house-model')).toBe('house-model');
    expect(nameOf('')).toBe('Model');
    expect(makerOf('house-model').logo).toBeUndefined();
  });

  it('is the provider of a connection by its preset, otherwise by its kind', () => {
    expect(providerOf('ollama', 'openai-compatible')?.logo).toBe('ollama');
    expect(providerOf(undefined, 'anthropic')?.logo).toBe('anthropic');
    expect(providerOf('server', 'openai-compatible')).toBeUndefined();
    expect(providerOf('llama-cpp')).toBeUndefined();
  });
});
