import { defineNode, HeddleError, list, Passages, Text, Vector } from '@heddle/core';
import { z } from 'zod';

export const embed = defineNode({
  type: 'embed',
  version: 1,
  category: 'model',
  title: 'Embed',
  summary: 'Turns texts into vectors that stand near each other when they mean the same.',
  icon: 'axis-3d',
  role: 'step',
  effects: ['model'],
  headline: 'model',
  help: `
Give texts or passages; each becomes one vector, in order. **Vector** is the first one, for a single text.

Some models want to know whether a text is a question or something to be found: choose it under **Kind**. A text longer than the model reads is cut at its end, or the node fails: choose it under **Texts that are too long**, and split long documents first.

Collections embed by themselves: this node is for comparing, grouping or sending vectors elsewhere.
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
      .meta({ title: 'Kind', labels: { passage: 'Something to be found', query: 'A question' } }),
    tooLong: z
      .enum(['cut', 'refuse'])
      .default('cut')
      .meta({ title: 'Texts that are too long', labels: { cut: 'Cut off the end', refuse: 'Fail' } }),
  }),
  inputs: {
    texts: list(Text).optional().with({ title: 'Texts' }),
    passages: Passages.optional().with({ title: 'Passages' }),
  },
  outputs: { vectors: list(Vector), vector: Vector },
  example: { config: {}, inputs: { texts: ['A sentence'] } },
  references: ({ model }) => [{ kind: 'embedder', id: model, field: 'model' }],
  limits: ({ model }) => [`model:${model}`],
  async run({ config, inputs, context }) {
    if (inputs.texts === undefined && inputs.passages === undefined)
      throw new HeddleError('input_missing', 'There is nothing to embed: connect texts or passages.');
    const texts = [...(inputs.texts ?? []), ...(inputs.passages ?? []).map(({ text }) => text)];
    const embedder = await context.use('embedder', config.model);
    const found = await embedder.embed(texts, {
      kind: config.kind,
      signal: context.signal,
      tooLong: config.tooLong,
      onUsage: ({ inputTokens }) => context.report({ inputTokens, outputTokens: 0, model: embedder.id }),
      onProgress: (done) => context.progress({ share: done / texts.length, message: `${done} of ${texts.length}` }),
    });
    // Plain lists, so that the journal and JSON keep them.
    const vectors = found.map((vector) => Array.from(vector));
    const [vector] = vectors;
    return { vectors, ...(vector === undefined ? {} : { vector }) };
  },
});
