import { defineNode, HeddleError, Json, Messages, Text, type GenerateRequest } from '@heddle/core';
import { z } from 'zod';
import { streamText, type Generation } from '../generation/stream-text.js';
import { listOf } from '../fields/list-of.js';
import { promptOfRewriting, queriesOfRewriting, rewriteModes, usualRewriting } from './rewrite-question.js';

export const rewrite = defineNode({
  type: 'rewrite',
  version: 1,
  category: 'retrieval',
  title: 'Rewrite query',
  summary: 'Creates better search queries from a question and its conversation.',
  icon: 'text-search',
  keywords: listOf(`
      query rewriting, query rewrite, query expansion, expand, hyde, multi query, rephrase question, reformulate,
      standalone question, search query, step back, step-back prompting, decomposition, decompose, multi hop,
      sub questions
    `),
  role: 'step',
  effects: ['model'],
  headline: 'mode',
  help: `
**Whole question** turns "and in winter?" into a question that is clear without the conversation. **Several** phrases it in different ways. **Imagined answer** (HyDE) searches with a passage that could be the answer. **Parts** splits a question with several parts. **Step back** adds a more general question, for background.

**query** is the first query, **queries** has all of them: connect it to the queries of a **retrieve** node. In *several*, *parts* and *step back* the question itself comes first, so that a bad query never loses its results. If the model writes nothing usable, the question is used unchanged, and the log says so.
`.trim(),
  config: z.object({
    mode: z
      .enum(rewriteModes)
      .default('rewrite')
      .meta({
        title: 'Mode',
        labels: {
          rewrite: 'Whole question',
          multi: 'Several',
          hyde: 'Imagined answer',
          split: 'Parts',
          stepback: 'Step back',
        },
      }),
    model: z
      .string()
      .min(1)
      .max(256)
      .default('smollm2-135m')
      .meta({ title: 'Model', widget: 'model', modelKind: 'generate' }),
    count: z.int().min(1).max(10).default(usualRewriting.count).meta({ title: 'Max queries' }),
    turns: z.int().min(0).max(50).default(6).meta({ title: 'Max conversation turns' }),
    maxTokens: z.int().min(8).max(4_096).default(usualRewriting.maxTokens).meta({ title: 'Max tokens' }),
  }),
  inputs: {
    question: Text.with({ title: 'Question' }),
    history: Messages.optional().with({ title: 'Conversation' }),
  },
  outputs: { query: Text, queries: Json },
  example: { config: { mode: 'multi' }, inputs: { question: 'How long is parental leave?' } },
  references: ({ model }) => [{ kind: 'model', id: model, field: 'model' }],
  async run({ config, inputs, context }) {
    const question = inputs.question.trim();
    if (question === '') throw new HeddleError('query_empty', 'The question is empty: connect a question to rewrite.');
    const turns = config.turns === 0 ? [] : (inputs.history ?? []).slice(-config.turns);
    if (config.mode === 'rewrite' && turns.length === 0) return { query: question, queries: [question] };
    const talk = turns.map(
      ({ role, content }) => `${role}: ${typeof content === 'string' ? content.slice(0, 2_000) : '(parts)'}`,
    );
    const before = talk.length === 0 ? '' : `Conversation:\n${talk.join('\n')}\n\n`;
    const content = `${before}${promptOfRewriting(question, config)}`;
    const model = await context.use('languageModel', config.model);
    const request = { messages: [{ role: 'user' as const, content }], maxTokens: config.maxTokens, temperature: 0 };
    const { text } = await whole(
      streamText(model, request satisfies GenerateRequest, 'query', context, { mayWait: true }),
    );
    const queries = queriesOfRewriting(text, question, config);
    if (queries === undefined) {
      context.log.warn('The model wrote no usable query: the question is used unchanged');
      return { query: question, queries: [question] };
    }
    return { query: queries[0] ?? question, queries };
  },
});

/** Waits for the whole generation, because its text is checked before it is used. */
async function whole(generation: ReturnType<typeof streamText>): Promise<Generation> {
  for (;;) {
    const next = await generation.next();
    if (next.done === true) return next.value;
  }
}
