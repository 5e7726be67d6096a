import {
  defineEvaluator,
  textOf,
  usualEmbedder,
  type Embedder,
  type EvaluatorContext,
  type EvaluatorDefinition,
} from '@heddle/core';
import { z } from 'zod';
import { askJudge, dataRule, framed } from './ask-judge.js';
import { inputField, judgeTokens, modelsOf, questionOf } from './judge-fields.js';

const embedding = z
  .string()
  .min(1)
  .max(256)
  .default(usualEmbedder)
  .meta({ title: 'Embedding model', widget: 'model', modelKind: 'embed' });

/** Cosine similarity of normalised vectors, limited to 0 to 1: opposite directions count as unrelated. */
function cosine(a: Float32Array | undefined, b: Float32Array | undefined): number {
  let sum = 0;
  for (let at = 0; at < (a?.length ?? 0); at += 1) sum += (a?.[at] ?? 0) * (b?.[at] ?? 0);
  return Math.min(1, Math.max(0, sum));
}

async function vectorsOf(
  id: string,
  texts: readonly string[],
  context: EvaluatorContext,
): Promise<readonly Float32Array[]> {
  const embedder: Embedder = await context.use('embedder', id);
  return embedder.embed(texts, { kind: 'passage', signal: context.signal });
}

const percent = (value: number): string => `${Math.round(value * 100)} %`;

/** Compares the meaning of the answer with that of the expected answer. */
const similarity = defineEvaluator({
  kind: 'similarity',
  title: 'Semantic similarity',
  about: 'How close the meaning of the answer is to that of a right answer: the cosine of their embeddings.',
  source: 'Sentence-BERT (Reimers and Gurevych, 2019); answer similarity of RAGAS.',
  needs: ['answer', 'expected'],
  config: z.strictObject({ model: embedding }),
  metrics: () => [{ title: 'Semantic similarity', better: 'higher', unit: 'score' }],
  references: ({ model }) => [{ kind: 'embedder', id: model, field: 'model' }],
  evaluate: async ({ answer, expected }, { model }, context) => {
    const [said, ...right] = await vectorsOf(model, [answer, ...expected].map(textOf), context);
    const value = Math.max(...right.map((vector) => cosine(said, vector)));
    return {
      value,
      explanation: `The meaning is ${percent(value)} similar to the closest right answer.`,
      details: { model },
    };
  },
});

const Questions = z.object({ questions: z.array(z.string()).min(1), isNoncommittal: z.boolean() });

/** Measures whether the answer replies to the question. */
const relevance = defineEvaluator({
  kind: 'relevance',
  title: 'Answer relevance',
  about:
    'Whether the answer is about the question: questions are written that the answer would answer, and compared with the real one. An answer that evades is 0.',
  source: 'Answer relevance of RAGAS (Es and others, 2023).',
  needs: ['answer'],
  config: z.strictObject({
    model: z
      .string()
      .min(1)
      .max(256)
      .meta({ title: 'Model', description: 'It writes the questions.', widget: 'model', modelKind: 'generate' }),
    embedding,
    questions: z.int().min(1).max(10).default(3).meta({ title: 'Questions' }),
    question: inputField,
    maxTokens: judgeTokens,
  }),
  metrics: () => [{ title: 'Answer relevance', better: 'higher', unit: 'score' }],
  references: ({ model, embedding: id }) => [
    ...modelsOf('model', [model]),
    { kind: 'embedder', id, field: 'embedding' },
  ],
  evaluate: async (judged, config, context) => {
    const question = questionOf(judged, config.question);
    if (question === '')
      return {
        explanation: 'The row has no question.',
        error: { code: 'evaluation_unfit', message: 'The row has no question: name its input in the evaluator.' },
      };
    const { questions, isNoncommittal } = await askJudge(
      config.model,
      {
        system: `You write questions that a given answer would answer. ${dataRule} Reply with JSON only: {"questions": ["…"], "isNoncommittal": false}. isNoncommittal is true where the answer is evasive or vague, such as "I do not know".`,
        prompt: `Answer:\n${framed('answer', textOf(judged.answer))}\n\nWrite ${config.questions} questions that it answers.`,
        schema: questionsSchema(config.questions),
        reply: Questions,
        maxTokens: config.maxTokens,
      },
      context,
    );
    if (isNoncommittal) return { value: 0, explanation: 'The answer evades the question.', details: { questions } };
    const [asked, ...written] = await vectorsOf(config.embedding, [question, ...questions.slice(0, 10)], context);
    const value = written.reduce((sum, vector) => sum + cosine(asked, vector), 0) / written.length;
    const explanation = `The questions that it answers are ${percent(value)} similar to the real one.`;
    return { value, explanation, details: { questions: questions.slice(0, 10) } };
  },
});

const questionsSchema = (count: number) =>
  ({
    type: 'object',
    properties: {
      questions: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: count },
      isNoncommittal: { type: 'boolean' },
    },
    required: ['questions', 'isNoncommittal'],
    additionalProperties: false,
  }) as const;

/** Evaluators that compare meanings. */
export const meaningKinds: readonly EvaluatorDefinition[] = [similarity, relevance];
