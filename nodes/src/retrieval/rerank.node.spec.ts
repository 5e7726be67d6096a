import { describe, expect, it } from '@jest/globals';
import { Passage, type Reranker } from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { z } from 'zod';
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

  describe('by a language model', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ id: `p${at}`, document: 'd', text: `passage ${at}` }));
    const order = async (replies: readonly string[], count: number, config: Record<string, unknown> = {}) => {
      const languageModel = createFakeLanguageModel(replies);
      const run = await runNode(rerank, {
        config: { by: 'model', topK: 100, ...config },
        inputs: { query: 'q', passages: many(count) },
        resources: { languageModel },
      });
      const passages = z.array(Passage).parse(run.outputs['passages']);
      return { ...run, passages, ids: passages.map(({ id }) => id), requests: languageModel.requests };
    };

    it('uses the order of the model, puts unnamed passages last, and gives ranks as scores', async () => {
      const { ids, passages, requests } = await order(['{"order": [3, 1, 3, 9]}'], 4);
      expect(ids).toEqual(['p2', 'p0', 'p1', 'p3']);
      expect(passages.map(({ scores }) => scores?.rerank)).toEqual([1, 0.75, 0.5, 0.25]);
      expect(requests).toHaveLength(1);
      expect(requests[0]?.messages[0]?.content).toContain('[4] passage 3');
    });

    it('compares more than twenty passages in windows from the last to the first, so that the best one rises', async () => {
      const { ids, requests } = await order(['{"order": [20]}', '{"order": [11]}', '{"order": [1, 6]}'], 35);
      expect(requests).toHaveLength(3);
      expect(ids.slice(0, 3)).toEqual(['p0', 'p34', 'p1']);
      expect(new Set(ids).size).toBe(35);
    });

    it.each(['', 'The best one is 2.', '{"order": ["two"]}', '{"order": []}', '[2, 1]'])(
      'keeps the order when the model writes %j',
      async (reply) => {
        const { ids, log } = await order([reply], 3);
        expect([ids, log[0]?.level]).toEqual([['p0', 'p1', 'p2'], 'warn']);
      },
    );

    it('shortens long passages to the context of the model', async () => {
      const languageModel = createFakeLanguageModel(['{"order": [1]}'], { contextTokens: 512 });
      const passages = many(16).map((passage) => ({ ...passage, text: 'word '.repeat(5_000) }));
      await runNode(rerank, {
        config: { by: 'model' },
        inputs: { query: 'q', passages },
        resources: { languageModel },
      });
      expect(JSON.stringify(languageModel.requests[0]?.messages[0]?.content).length).toBeLessThan(1_000);
    });

    it('refuses a min score, as there are no scores', async () => {
      await expect(order(['{"order": [1]}'], 2, { threshold: 0.5 })).rejects.toMatchObject({
        code: 'workflow_invalid',
      });
    });
  });
});
