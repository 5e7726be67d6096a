import { defineNode, HeddleError, list, Passages, Text, Vector } from '@heddle/core';
import { z } from 'zod';
import { listOf } from '../fields/list-of.js';

export const embed = defineNode({
  type: 'embed',
  version: 1,
  category: 'model',
  title: 'Embed',
  summary: 'Turns texts into vectors; texts with similar meanings have similar vectors.',
  icon: 'axis-3d',
  keywords: listOf(`
      embedding, embeddings, embedder, vector, vectors, vectorise, vectorize, vectorizer, encode, encoder,
      similarity, semantic
    `),
  role: 'step',
  effects: ['model'],
  headline: 'model',
  help: `
Connect texts or passages; each becomes one vector, in order. **Vector** is the first vector, for a single text.

Some models distinguish questions from texts to find: choose it in **Kind**. A text that is too long for the model is cut at its end, or the node fails: choose it in **Texts that are too long**, and split long documents first.

Collections embed their documents themselves. Use this node to compare, group or send vectors elsewhere.
`.trim(),
  config: z.object({
    model: z
      .string()
      .min(1)
      .max(256)
      .default('all-minilm-l6-v2')
      .meta({ title: 'Model', widget: 'model', modelKind: 'embed' }),
    kind: z
      .enum(['passage', 'query'])
      .default('passage')
      .meta({ title: 'Kind', labels: { passage: 'Text to find', query: 'Question' } }),
    tooLong: z
      .enum(['cut', 'refuse'])
      .default('cut')
      .meta({ title: 'Texts that are too long', labels: { cut: 'Cut the end', refuse: 'Fail' } }),
  }),
  inputs: {
    texts: list(Text).optional().with({ title: 'Texts' }),
    passages: Passages.optional().with({ title: 'Passages' }),
  },
  outputs: { vectors: list(Vector), vector: Vector },
  example: { config: {}, inputs: { texts: ['A sentence'] } },
  references: ({ model }) => [{ kind: 'embedder', id: model, field: 'model' }],
  limits: ({ model }) => [`model:${model}`],
  isRepeatable: () => true,
  async run({ config, inputs, context }) {
    if (inputs.texts === undefined && inputs.passages === undefined)
      throw new HeddleError('input_missing', 'There are no texts to embed: connect texts or passages.');
    const texts = [...(inputs.texts ?? []), ...(inputs.passages ?? []).map(({ text }) => text)];
    const embedder = await context.use('embedder', config.model);
    const found = await embedder.embed(texts, {
      kind: config.kind,
      signal: context.signal,
      tooLong: config.tooLong,
      onUsage: ({ inputTokens }) => context.report({ inputTokens, outputTokens: 0, model: embedder.id }),
      onProgress: (done) => context.progress({ share: done / texts.length, message: `${done} of ${texts.length}` }),
    });
    // Plain lists, because the journal stores JSON.
    const vectors = found.map((vector) => Array.from(vector));
    const [vector] = vectors;
    return { vectors, vector };
  },
});
