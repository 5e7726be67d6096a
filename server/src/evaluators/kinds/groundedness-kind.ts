import {
  defineEvaluator,
  HeddleError,
  textOf,
  toHeddleError,
  type EvaluatorContext,
  type EvaluatorDefinition,
  type RetrievedPassage,
} from '@heddle/core';
import { groundAnswer, isEcho, sentencesOf, type GroundedSentence } from '@heddle/nodes';
import { z } from 'zod';
import { askJudge, dataRule, framed } from './ask-judge.js';
import { judgeTokens, modelsOf, questionOf } from './judge-fields.js';

/** With more sentences, the prompt would be too long for a judge to read carefully. */
const mostSentences = 40;
const shownSentences = 50;

/** A model of the catalogue that is used if it is on this machine. */
const standardInference = 'nli-deberta-v3-base';

const Config = z.strictObject({
  judge: z.string().max(256).default('').meta({
    title: 'Judge',
    description: 'A model that decides for each sentence. Empty: words are compared.',
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
  inference: z.string().max(256).default(standardInference).meta({
    title: 'Inference model',
    description:
      'Without a judge: decides whether a sentence follows from a passage. Where it is not on this machine, words are compared.',
    widget: 'model',
    modelKind: 'classify',
  }),
  maxTokens: judgeTokens,
});
type Config = z.infer<typeof Config>;

/** Measures how many sentences of the answer the passages support. */
export const groundednessKind: EvaluatorDefinition = defineEvaluator({
  kind: 'groundedness',
  title: 'Groundedness',
  about:
    'The share of the sentences of the answer that the passages of the run support. The explanation names the method.',
  source: 'Faithfulness of RAGAS (Es and others, 2023), by sentence.',
  needs: ['answer', 'passages'],
  config: Config,
  metrics: () => [{ title: 'Groundedness', better: 'higher', unit: 'score' }],
  references: ({ judge, embedding, inference }) => [
    ...modelsOf('judge', [judge]),
    ...(embedding === '' || judge !== '' ? [] : [{ kind: 'embedder' as const, id: embedding, field: 'embedding' }]),
    // The standard model is optional: it is used only if the project may use it. A chosen model is required.
    ...(inference === '' || inference === standardInference || judge !== ''
      ? []
      : [{ kind: 'classifier' as const, id: inference, field: 'inference' }]),
  ],
  evaluate: async (judged, config, context) => {
    const { answer, subject } = judged;
    const text = textOf(answer);
    const question = questionOf(judged, '');
    const { method, sentences: found } =
      config.judge === ''
        ? ((await byInference(text, subject.passages, config, context)) ??
          (await byOverlap(text, subject.passages, config, context)))
        : await byJudge(text, subject.passages, config, context);
    // A sentence that repeats the question is no evidence, because its words are in the passages anyway.
    const sentences = found.map((one) => (isEcho(one.sentence, question) ? { ...one, isSupported: false } : one));
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

/** Errors that mean that the standard model is not on this machine, or not granted to this project. */
const notHere: ReadonlySet<string> = new Set(['model_unknown', 'model_missing', 'resource_unavailable']);

/** Maximum characters of a premise. Inference models read 512 tokens, including the sentence. */
const premiseSize = 1_200;
const entailment = 'entailment';

/** Checks sentences by natural language inference. Undefined without such a model, or if an embedding model is chosen. */
async function byInference(
  text: string,
  passages: readonly RetrievedPassage[],
  { inference, embedding, sentence: enough }: Config,
  context: EvaluatorContext,
): Promise<Grounded | undefined> {
  if (inference === '' || embedding !== '') return undefined;
  try {
    const model = await context.use('classifier', inference);
    if (model.classifyPairs === undefined || !model.labels.includes(entailment)) {
      if (inference === standardInference) return undefined;
      throw new HeddleError(
        'model_wrong_kind',
        `'${inference}' is not an inference model: its card needs \`pairs\` and a label '${entailment}'.`,
      );
    }
    const sentences = sentencesOf(text).map(({ start, end }) => text.slice(start, end));
    const best = sentences.map(() => 0);
    for (const premise of passages.flatMap(({ text: passage }) => premisesOf(passage))) {
      const found = await model.classifyPairs(premise, sentences, { signal: context.signal });
      found.forEach((scores, at) => (best[at] = Math.max(best[at] ?? 0, scores[entailment] ?? 0)));
    }
    return {
      method: `inference of ${inference}`,
      sentences: sentences.map((sentence, at) => ({ sentence, isSupported: (best[at] ?? 0) >= enough })),
    };
  } catch (error) {
    if (inference === standardInference && notHere.has(toHeddleError(error).code)) return undefined;
    throw error;
  }
}

/** Splits a passage into premises, at the ends of sentences where possible. */
function premisesOf(passage: string): readonly string[] {
  const parts: string[] = [];
  for (const { start, end } of sentencesOf(passage)) {
    const sentence = passage.slice(start, end).slice(0, premiseSize);
    const last = parts.at(-1);
    if (last !== undefined && last.length + sentence.length < premiseSize)
      parts[parts.length - 1] = `${last} ${sentence}`;
    else parts.push(sentence);
  }
  return parts;
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
      // If a judge gives contradicting verdicts on a sentence, it does not count as supported.
      return { sentence, isSupported: given.every(({ supported }) => supported), reason: given[0]?.reason };
    }),
  };
}
