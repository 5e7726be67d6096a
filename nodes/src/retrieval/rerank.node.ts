import { defineNode, HeddleError, Passages, Text, type NodeContext, type Passage } from '@heddle/core';
import { z } from 'zod';
import { listOf } from '../fields/list-of.js';
import { orderByModel } from './order-by-model.js';

const Config = z.object({
  by: z
    .enum(['reranker', 'model'])
    .default('reranker')
    .meta({ title: 'By', labels: { reranker: 'A reranker', model: 'A language model' } }),
  model: z
    .string()
    .min(1)
    .max(256)
    .default('ms-marco-minilm-l6-v2')
    .meta({ title: 'Model', widget: 'model', modelKind: 'rerank' }),
  languageModel: z.string().min(1).max(256).default('smollm2-135m').meta({
    title: 'Language model',
    description: 'To order the passages by a language model.',
    widget: 'model',
    modelKind: 'generate',
  }),
  topK: z.int().min(1).max(100).default(4).meta({ title: 'Passages', description: 'Number of passages to keep.' }),
  threshold: z
    .number()
    .optional()
    .meta({ title: 'Min score', description: 'For a reranker: passages below it are left out.' }),
});
type Config = z.infer<typeof Config>;

export const rerank = defineNode({
  type: 'rerank',
  version: 1,
  category: 'retrieval',
  title: 'Rerank',
  summary: 'Orders passages by how well they answer the question, with a reranker or a language model.',
  icon: 'arrow-down-wide-narrow',
  keywords: listOf(`
      reranker, reranking, cross encoder, cohere, relevance, rank, ranking, order, sort passages, top k, rankgpt,
      listwise, llm reranker
    `),
  role: 'step',
  effects: ['model'],
  headline: 'model',
  help: `
Retrieve many passages (20 to 50), then keep the few that the reranker rates best: slower than a search, and better.

**Min score** leaves out weak passages. Check the scores of a run first, because models differ. The score of the search stays beside the new score.

**A language model** reads up to twenty passages at once and writes their order; more are compared in overlapping windows, from the last to the first. It needs a strong model, costs more than a reranker, and gives ranks instead of scores. Passages whose order it does not write, or writes so that it cannot be read, keep their order.
`.trim(),
  config: Config,
  inputs: { query: Text.with({ title: 'Question' }), passages: Passages },
  outputs: { passages: Passages },
  example: {
    config: { topK: 1 },
    inputs: {
      query: 'How many days of leave?',
      passages: [{ id: 'a', document: 'a.md', text: 'Everyone has 27 days of leave.' }],
    },
  },
  references: ({ by, model, languageModel }) =>
    by === 'reranker'
      ? [{ kind: 'reranker', id: model, field: 'model' }]
      : [{ kind: 'model', id: languageModel, field: 'languageModel' }],
  check: ({ by, threshold }) =>
    by === 'model' && threshold !== undefined
      ? [
          {
            field: 'threshold',
            message: 'A language model gives an order and no scores.',
            fix: 'Clear the min score, or choose a reranker.',
          },
        ]
      : [],
  limits: ({ by, model }) => (by === 'reranker' ? [`model:${model}`] : []),
  isRepeatable: () => true,
  async run({ config, inputs, context }) {
    if (inputs.query.trim() === '')
      throw new HeddleError('query_empty', 'The question is empty: connect a text to compare the passages with.');
    if (inputs.passages.length === 0) return { passages: [] };
    const ordered = await (config.by === 'reranker' ? byReranker : byLanguageModel)(config, inputs, context);
    return { passages: ordered.slice(0, config.topK) };
  },
});

interface Ranked {
  readonly query: string;
  readonly passages: readonly Passage[];
}

async function byReranker(
  { model, threshold }: Config,
  { query, passages }: Ranked,
  context: NodeContext,
): Promise<readonly Passage[]> {
  const reranker = await context.use('reranker', model);
  const texts = passages.map(({ text }) => text);
  const scores = await reranker.rerank(query, texts, { signal: context.signal });
  if (scores.length !== passages.length)
    throw new HeddleError(
      'node_output_invalid',
      `The model '${model}' returned ${scores.length} scores for ${passages.length} passages: choose another reranking model.`,
    );
  return passages
    .map((passage, index) => withScore(passage, scores[index] ?? 0))
    .filter(({ score }) => threshold === undefined || score >= threshold)
    .sort((a, b) => b.score - a.score);
}

/** The score of a passage is the share of passages that are not ordered before it. */
async function byLanguageModel(
  { languageModel }: Config,
  { query, passages }: Ranked,
  context: NodeContext,
): Promise<readonly Passage[]> {
  const model = await context.use('languageModel', languageModel);
  const ordered = await orderByModel(model, query, passages, context);
  return ordered.map((passage, rank) => withScore(passage, 1 - rank / ordered.length));
}

const withScore = (passage: Passage, score: number): Passage & { readonly score: number } => ({
  ...passage,
  score,
  scores: { ...passage.scores, rerank: score },
});
