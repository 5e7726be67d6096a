import {
  defineEvaluator,
  textOf,
  type EvaluatorContext,
  type EvaluatorDefinition,
  type RetrievedPassage,
} from '@heddle/core';
import { groundAnswer, sentencesOf, type GroundedSentence } from '@heddle/nodes';
import { z } from 'zod';
import { askJudge, dataRule, framed } from './ask-judge.js';
import { judgeTokens, modelsOf } from './judge-fields.js';

/** More sentences make a prompt that no judge reads with care. */
const mostSentences = 40;
const shownSentences = 50;

const Config = z.strictObject({
  judge: z.string().max(256).default('').meta({
    title: 'Judge',
    description: 'A model that decides for each sentence. Empty: words.',
    widget: 'model',
    modelKind: 'generate',
  }),
  embedding: z.string().max(256).default('').meta({
    title: 'Embedding model',
    description: 'Without a judge: also compares the meaning.',
    widget: 'model',
    modelKind: 'embed',
  }),
  sentence: z
    .number()
    .min(0)
    .max(1)
    .default(0.5)
    .meta({ title: 'Min sentence score', description: 'Without a judge.' }),
  maxTokens: judgeTokens,
});
type Config = z.infer<typeof Config>;

/** The sentences of the answer are supported by the passages. */
export const groundednessKind: EvaluatorDefinition = defineEvaluator({
  kind: 'groundedness',
  title: 'Groundedness',
  about:
    'The share of the sentences of the answer that the passages of the run support. The explanation names the method.',
  source: 'Faithfulness of RAGAS (Es and others, 2023), by sentence.',
  needs: ['answer', 'passages'],
  config: Config,
  metrics: () => [{ title: 'Groundedness', better: 'higher', unit: 'score' }],
  references: ({ judge, embedding }) => [
    ...modelsOf('judge', [judge]),
    ...(embedding === '' || judge !== '' ? [] : [{ kind: 'embedder' as const, id: embedding, field: 'embedding' }]),
  ],
  evaluate: async ({ answer, subject }, config, context) => {
    const text = textOf(answer);
    const { method, sentences } =
      config.judge === ''
        ? await byOverlap(text, subject.passages, config, context)
        : await byJudge(text, subject.passages, config, context);
    if (sentences.length === 0)
      return {
        explanation: 'The answer has no sentence.',
        error: { code: 'evaluation_no_answer', message: 'The answer has no sentence to check.' },
      };
    const supported = sentences.filter(({ isSupported }) => isSupported).length;
    return {
      value: supported / sentences.length,
      explanation: `${supported} of ${sentences.length} sentences are supported, by ${method}.`,
      details: { method, sentences: sentences.slice(0, shownSentences).map(shorter) },
    };
  },
});

interface Grounded {
  readonly method: string;
  readonly sentences: readonly Pick<GroundedSentence, 'sentence' | 'isSupported'>[];
}

const shorter = (one: Grounded['sentences'][number]) => ({ ...one, sentence: one.sentence.slice(0, 400) });

async function byOverlap(
  text: string,
  passages: readonly RetrievedPassage[],
  { embedding, sentence: enough }: Config,
  context: EvaluatorContext,
): Promise<Grounded> {
  const embedder = embedding === '' ? undefined : await context.use('embedder', embedding);
  const found = await groundAnswer(
    text,
    passages.map(({ document, text: read }) => ({ id: document, text: read })),
    { enough, embed: embedder && ((texts) => embedder.embed(texts, { kind: 'passage', signal: context.signal })) },
  );
  const method = embedder === undefined ? 'overlap of words' : `overlap of words and embeddings of ${embedding}`;
  return { method, sentences: found };
}

const Verdicts = z.object({
  verdicts: z.array(z.object({ sentence: z.int(), supported: z.boolean(), reason: z.string().optional() })),
});
const schema = {
  type: 'object',
  properties: {
    verdicts: {
      type: 'array',
      items: {
        type: 'object',
        properties: { sentence: { type: 'integer' }, reason: { type: 'string' }, supported: { type: 'boolean' } },
        required: ['sentence', 'reason', 'supported'],
        additionalProperties: false,
      },
    },
  },
  required: ['verdicts'],
  additionalProperties: false,
} as const;

async function byJudge(
  text: string,
  passages: readonly RetrievedPassage[],
  { judge, maxTokens }: Config,
  context: EvaluatorContext,
): Promise<Grounded> {
  const sentences = sentencesOf(text)
    .map(({ start, end }) => text.slice(start, end))
    .slice(0, mostSentences);
  if (sentences.length === 0) return { method: judge, sentences: [] };
  const numbered = sentences.map((sentence, at) => `${at + 1}. ${sentence}`).join('\n');
  const { verdicts } = await askJudge(
    judge,
    {
      system: `You decide for each sentence of an answer whether the passages support it. A sentence is supported only where it follows from the passages alone; what you know yourself does not count. ${dataRule} Reply with JSON only: {"verdicts": [{"sentence": 1, "reason": "…", "supported": true}]}, one for each sentence.`,
      prompt: [
        `Passages:\n${passages.map((passage) => framed('passage', passage.text)).join('\n')}`,
        `Sentences of the answer:\n${framed('answer', numbered)}`,
        `Give ${sentences.length} verdicts.`,
      ].join('\n\n'),
      schema,
      reply: Verdicts.refine(
        ({ verdicts: given }) => sentences.every((_, at) => given.some(({ sentence }) => sentence === at + 1)),
        { error: 'A sentence has no verdict' },
      ),
      maxTokens,
    },
    context,
  );
  return {
    method: `verdicts of ${judge}`,
    sentences: sentences.map((sentence, at) => {
      const given = verdicts.filter((verdict) => verdict.sentence === at + 1);
      // A judge that says both does not support it.
      return { sentence, isSupported: given.every(({ supported }) => supported), reason: given[0]?.reason };
    }),
  };
}
