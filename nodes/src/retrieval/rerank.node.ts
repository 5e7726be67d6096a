import { defineNode, HeddleError, Passages, Text } from '@heddle/core';
import { z } from 'zod';
import { listOf } from '../fields/list-of.js';

export const rerank = defineNode({
  type: 'rerank',
  version: 1,
  category: 'retrieval',
  title: 'Rerank',
  summary: 'Orders passages by how well they answer the question, with a reranker model.',
  icon: 'arrow-down-wide-narrow',
  keywords: listOf(`
      reranker, reranking, cross encoder, cohere, relevance, rank, ranking, order, sort passages, top k
    `),
  role: 'step',
  effects: ['model'],
  headline: 'model',
  help: `
Retrieve many passages (20 to 50), then keep the few that the reranker rates best: slower than a search, and better.

**Min score** leaves out weak passages. Check the scores of a run first, because models differ. The score of the search stays beside the new score.
`.trim(),
  config: z.object({
    model: z
      .string()
      .min(1)
      .max(256)
      .default('ms-marco-minilm-l6-v2')
      .meta({ title: 'Model', widget: 'model', modelKind: 'rerank' }),
    topK: z.int().min(1).max(100).default(4).meta({ title: 'Passages', description: 'Number of passages to keep.' }),
    threshold: z.number().optional().meta({ title: 'Min score', description: 'Passages below it are left out.' }),
  }),
  inputs: { query: Text.with({ title: 'Question' }), passages: Passages },
  outputs: { passages: Passages },
  example: {
    config: { topK: 1 },
    inputs: {
      query: 'How many days of leave?',
      passages: [{ id: 'a', document: 'a.md', text: 'Everyone has 27 days of leave.' }],
    },
  },
  references: ({ model }) => [{ kind: 'reranker', id: model, field: 'model' }],
  limits: ({ model }) => [`model:${model}`],
  isRepeatable: () => true,
  async run({ config, inputs, context }) {
    if (inputs.query.trim() === '')
      throw new HeddleError('query_empty', 'The question is empty: connect a text to compare the passages with.');
    if (inputs.passages.length === 0) return { passages: [] };
    const reranker = await context.use('reranker', config.model);
    const scores = await reranker.rerank(
      inputs.query,
      inputs.passages.map(({ text }) => text),
      { signal: context.signal },
    );
    if (scores.length !== inputs.passages.length)
      throw new HeddleError(
        'node_output_invalid',
        `The model '${config.model}' returned ${scores.length} scores for ${inputs.passages.length} passages: choose another reranking model.`,
      );
    const scored = inputs.passages.map((passage, index) => {
      const score = scores[index] ?? 0;
      return { ...passage, score, scores: { ...passage.scores, rerank: score } };
    });
    const kept = scored
      .filter(({ score }) => config.threshold === undefined || score >= config.threshold)
      .sort((a, b) => b.score - a.score);
    return { passages: kept.slice(0, config.topK) };
  },
});
