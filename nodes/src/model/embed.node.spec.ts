import { describe, expect, it } from '@jest/globals';
import { createFakeEmbedder, runNode } from '@heddle/core/testing';
import { embed } from './embed.node.js';

describe('embed', () => {
  it('returns a vector for each text and passage, in order, as plain lists', async () => {
    const embedder = createFakeEmbedder({ dimensions: 8 });
    const run = await runNode(embed, {
      inputs: { texts: ['a', 'b'], passages: [{ id: 'p', document: 'd', text: 'a' }] },
      resources: { embedder },
    });
    const vectors = run.outputs['vectors'] as number[][];
    expect(vectors.map((vector) => [Array.isArray(vector), vector.length])).toEqual([
      [true, 8],
      [true, 8],
      [true, 8],
    ]);
    expect(vectors[0]).toEqual(vectors[2]);
    expect(run.outputs['vector']).toEqual(vectors[0]);
    await expect(runNode(embed, { resources: { embedder } })).rejects.toMatchObject({ code: 'input_missing' });
  });
});
