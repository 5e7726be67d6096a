import { describe, expect, it } from '@jest/globals';
import { type Reranker } from '@heddle/core';
import { runNode } from '@heddle/core/testing';
import { rerank } from './rerank.node.js';

describe('rerank', () => {
  const passages = ['a', 'bbb', 'cc'].map((text) => ({
    id: text,
    document: text,
    text,
    score: 0.5,
    scores: { dense: 0.5 },
  }));
  const reranker: Reranker = {
    id: 'r',
    destination: { name: 'local', clearance: 'restricted', isLocal: true },
    rerank: async (_query, texts) => texts.map(({ length }) => length),
  };

  it('sorts by the new score and keeps the old scores', async () => {
    const { outputs } = await runNode(rerank, {
      config: { topK: 2, threshold: 2 },
      inputs: { query: 'q', passages },
      resources: { reranker },
    });
    expect(outputs['passages']).toEqual([
      expect.objectContaining({ id: 'bbb', score: 3, scores: { dense: 0.5, rerank: 3 } }),
      expect.objectContaining({ id: 'cc', score: 2 }),
    ]);
  });

  it('calls no model without passages, and refuses an empty question or a wrong number of scores', async () => {
    expect((await runNode(rerank, { inputs: { query: 'q', passages: [] } })).outputs).toEqual({ passages: [] });
    await expect(runNode(rerank, { inputs: { query: ' ', passages }, resources: { reranker } })).rejects.toMatchObject({
      code: 'query_empty',
    });
    await expect(
      runNode(rerank, {
        inputs: { query: 'q', passages },
        resources: { reranker: { ...reranker, rerank: async () => [1] } },
      }),
    ).rejects.toMatchObject({ code: 'node_output_invalid' });
  });
});
