import { defineNode, Json, NumberPort, Passages, Text } from '@heddle/core';
import { z } from 'zod';
import { groundAnswer } from '../citations/ground-answer.js';
import { listOf } from '../fields/list-of.js';

export const ground = defineNode({
  type: 'ground',
  version: 1,
  category: 'safety',
  title: 'Ground',
  summary: 'Checks whether each sentence of an answer is supported by the passages.',
  icon: 'anchor',
  keywords: listOf(`
      grounding, groundedness, hallucination, hallucinations, fact check, fact checking, factuality, faithfulness,
      verify, verification, evidence, citation check, supported, check answer
    `),
  role: 'step',
  effects: ['model'],
  help: `
The node compares each sentence with the sentences of the passages: by the share of its words in the best sentence and, with an embedding model, by meaning. A number that is in no passage makes a sentence unsupported. Connect **question**: then a sentence that only repeats the question is unsupported too.

The answer leaves at **supported** if the share of supported sentences reaches *Enough*, otherwise at **unsupported**: connect that to a person, a retry or another model. **report** lists each sentence with its score and the best passage.

The node compares words and meaning but does not reason: a sentence that negates its passage may count as supported.
`.trim(),
  config: z.object({
    embedding: z.string().max(256).default('').meta({
      title: 'Embedding model',
      description: 'Also compares the meaning. Empty: words only.',
      widget: 'model',
      modelKind: 'embed',
    }),
    sentence: z.number().min(0).max(1).default(0.5).meta({ title: 'Min sentence score' }),
    enough: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .meta({ title: 'Enough', description: 'Minimum share of supported sentences.' }),
  }),
  inputs: {
    text: Text.with({ title: 'Answer' }),
    passages: Passages.with({ title: 'Passages' }),
    question: Text.optional().with({ title: 'Question' }),
  },
  outputs: { supported: Text, unsupported: Text, score: NumberPort, report: Json },
  example: {
    config: {},
    inputs: {
      text: 'Everyone has 27 days of leave.',
      passages: [{ id: 'a', document: 'leave.md', text: 'Everyone has 27 days of leave a year.' }],
    },
  },
  references: ({ embedding }) => (embedding === '' ? [] : [{ kind: 'embedder', id: embedding, field: 'embedding' }]),
  async run({ config, inputs, context }) {
    const embedder = config.embedding === '' ? undefined : await context.use('embedder', config.embedding);
    const found = await groundAnswer(inputs.text, inputs.passages, {
      enough: config.sentence,
      question: inputs.question,
      embed: embedder && ((texts) => embedder.embed(texts, { kind: 'passage', signal: context.signal })),
    });
    const supported = found.filter(({ isSupported }) => isSupported).length;
    const score = found.length === 0 ? 1 : supported / found.length;
    const summary = `${supported} of ${found.length} sentences are supported.`;
    context.decide({ kind: 'ground', summary, details: { score, supported, sentences: found.length } });
    return { [score >= config.enough ? 'supported' : 'unsupported']: inputs.text, score, report: found };
  },
});
