import { describe, expect, it } from '@jest/globals';
import { cardFromSource } from './card-from-source.js';
import { ModelCard } from './models.js';

describe('the card of a model that a user adds', () => {
  it('takes runtime, format and file name from the source', () => {
    const card = ModelCard.parse(
      cardFromSource({ id: 'mine', kind: 'generate', sources: ['hf:me/repo@main/q4/mine.Q4_K_M.gguf'] }),
    );
    expect(card).toMatchObject({
      runtime: 'llama',
      format: 'gguf',
      contextTokens: 4096,
      files: [{ role: 'weights', name: 'mine.Q4_K_M.gguf' }],
    });
    expect(cardFromSource({ id: 'v', kind: 'embed', sources: ['file:C:\\models\\v.onnx'] })).toMatchObject({
      runtime: 'onnx',
      contextTokens: 512,
      files: [{ name: 'v.onnx' }],
    });
  });

  it('is refused by the schema if the source has an unknown form', () => {
    expect(
      ModelCard.safeParse(cardFromSource({ id: 'mine', kind: 'generate', sources: ['ftp://x/model.gguf'] })).success,
    ).toBe(false);
    expect(
      ModelCard.safeParse(cardFromSource({ id: 'No Id', kind: 'generate', sources: ['file:/m.gguf'] })).success,
    ).toBe(false);
  });
});
