import { defineNode, HeddleError, Json, Messages, Text, type GenerateRequest } from '@heddle/core';
import { z } from 'zod';
import { streamText, type Generation } from '../generation/stream-text.js';
import { listOf } from '../fields/list-of.js';

const modes = ['rewrite', 'multi', 'hyde', 'split', 'stepback'] as const;
type Mode = (typeof modes)[number];

/** The instruction of each mode; small models follow short instructions best. */
const orders: Readonly<Record<Mode, (most: number) => string>> = {
  rewrite: () =>
    'Write one search query for the last question that is understood without the conversation. Only the query.',
  multi: (most) => `Write ${most} different search queries for the question, one a line. Only the queries.`,
  hyde: () => 'Write two sentences that could stand in a document and answer the question.',
  split: (most) => `Split the question into at most ${most} simpler questions, one a line. Only the questions.`,
  stepback: () => 'Write one more general question whose answer gives the background of this one. Only the question.',
};

/** Modes whose queries are searched beside the question itself. */
const besideQuestion: ReadonlySet<Mode> = new Set(['multi', 'split', 'stepback']);

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
      .enum(modes)
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
    count: z.int().min(1).max(10).default(3).meta({ title: 'Max queries' }),
    turns: z.int().min(0).max(50).default(6).meta({ title: 'Max conversation turns' }),
    maxTokens: z.int().min(8).max(4_096).default(160).meta({ title: 'Max tokens' }),
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
    const content = `${before}Question: ${question}\n\n${orders[config.mode](config.count)}`;
    const model = await context.use('languageModel', config.model);
    const request = { messages: [{ role: 'user' as const, content }], maxTokens: config.maxTokens, temperature: 0 };
    const { text } = await whole(
      streamText(model, request satisfies GenerateRequest, 'query', context, { mayWait: true }),
    );
    const made = queriesFrom(text, config.mode, config.count);
    if (made.length === 0) {
      context.log.warn('The model wrote no usable query: the question is used unchanged');
      return { query: question, queries: [question] };
    }
    const queries = [...new Set(besideQuestion.has(config.mode) ? [question, ...made] : made)];
    return { query: queries[0] ?? question, queries };
  },
});

/** The usable queries: without list marks, and without empty and endless ones. */
function queriesFrom(text: string, mode: Mode, most: number): readonly string[] {
  const lines = mode === 'hyde' ? [text.replace(/\s+/g, ' ')] : text.split('\n');
  const longest = mode === 'hyde' ? 4_000 : 400;
  const usable = lines
    .map((line) =>
      line
        .replace(/^\s*(?:\d+[.)]|[-*•])\s*/, '')
        .replace(/^["'“]|["'”]$/g, '')
        .trim(),
    )
    .filter((line) => line.length <= longest && /\p{L}{2}/u.test(line) && !repeats(line));
  return usable.slice(0, mode === 'multi' || mode === 'split' ? most : 1);
}

/** Whether a small model fell into a loop: most of its words are the same few. */
function repeats(line: string): boolean {
  const words = line.toLowerCase().split(/\s+/);
  return words.length >= 8 && new Set(words).size < words.length / 3;
}

/** A generation without streaming, because its text is checked first. */
async function whole(generation: ReturnType<typeof streamText>): Promise<Generation> {
  for (;;) {
    const next = await generation.next();
    if (next.done === true) return next.value;
  }
}
