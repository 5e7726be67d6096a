import {
  canonicalJson,
  defineEvaluator,
  textOf,
  toHeddleError,
  type EvaluatorContext,
  type EvaluatorDefinition,
  type Finding,
  type Judged,
} from '@heddle/core';
import { z } from 'zod';
import { contentHash } from '../../calls/content-hash.js';
import { askJudge, dataRule, framed } from './ask-judge.js';
import { inputField, judgesField, judgeTokens, modelsOf, questionOf } from './judge-fields.js';
import { sentenceOfPanel, verdictOf, type Vote } from './panel.js';

/** Must change with every change of the prompt below. */
const pairwisePrompt = { name: 'pairwise', version: 1 } as const;

const Config = z.strictObject({
  models: judgesField,
  criteria: z
    .string()
    .min(1)
    .max(20_000)
    .default('Which answer is more correct, more complete and more helpful?')
    .meta({ title: 'What to judge', widget: 'text' }),
  question: inputField,
  panel: z.enum(['mean', 'majority']).default('majority').meta({ title: 'Panel' }),
  maxTokens: judgeTokens,
});
type Config = z.infer<typeof Config>;

const Reply = z.object({ reason: z.string(), winner: z.enum(['A', 'B', 'tie']) });
const schema = {
  type: 'object',
  properties: { reason: { type: 'string' }, winner: { type: 'string', enum: ['A', 'B', 'tie'] } },
  required: ['reason', 'winner'],
  additionalProperties: false,
} as const;

interface AnswerPair {
  readonly question: string;
  readonly answer: string;
  readonly other: string;
}

/** A model compares two answers, in both orders. */
export const pairwiseKind: EvaluatorDefinition = defineEvaluator({
  kind: 'judge-pair',
  title: 'LLM judge, pairwise',
  about:
    'Whether the answer is better (1), as good (0.5) or worse (0) than the expected one, judged in both orders. Verdicts that disagree are a tie.',
  source: 'Pairwise comparison with swapped positions as in MT-Bench (Zheng and others, 2023).',
  needs: ['answer', 'expected'],
  config: Config,
  metrics: () => [{ title: 'Wins', better: 'higher', unit: 'score' }],
  version: pairwisePrompt.version,
  levels: () => 3,
  references: ({ models }) => modelsOf('models', models),
  evaluate: (judged, config, context) => judgePair(pairOf(judged, config), config, context),
});

const pairOf = (judged: Judged, { question }: Config): AnswerPair => ({
  question: questionOf(judged, question),
  answer: textOf(judged.answer),
  other: textOf(judged.expected[0]),
});

/** Lets every judge compare two answers, in both orders. */
async function judgePair(pair: AnswerPair, config: Config, context: EvaluatorContext): Promise<Finding> {
  const votes = await Promise.all(config.models.map((model) => voteOf(model, pair, config, context)));
  const { value, explanation } = verdictOf(votes, config.panel, ({ level }) => level);
  return {
    value,
    explanation: votes.length === 1 ? explanation : sentenceOfPanel(votes, explanation),
    details: {
      prompt: { ...pairwisePrompt, hash: contentHash(canonicalJson([pairwisePrompt, system, config.criteria])) },
      votes,
    },
  };
}

async function voteOf(
  model: string,
  { question, answer, other }: AnswerPair,
  config: Config,
  context: EvaluatorContext,
): Promise<Vote> {
  const ask = (a: string, b: string) =>
    askJudge(
      model,
      { system, prompt: promptOf(question, a, b, config), schema, reply: Reply, maxTokens: config.maxTokens },
      context,
    );
  try {
    const [first, second] = await Promise.all([ask(answer, other), ask(other, answer)]);
    const swapped = { A: 'B', B: 'A', tie: 'tie' }[second.winner];
    const isTie = first.winner === 'tie' || first.winner !== swapped;
    const level = isTie ? 0.5 : first.winner === 'A' ? 1 : 0;
    const why = first.winner === swapped ? '' : 'The two orders disagree: a tie. ';
    return { model, level, reason: `${why}${first.reason.slice(0, 2_000)}` };
  } catch (cause) {
    if (context.signal.aborted) throw cause;
    const { code, message } = toHeddleError(cause, 'evaluation_failed');
    return { model, error: { code, message } };
  }
}

const system = `You compare two answers strictly and fairly. Their order, their length and their self-praise do not count. ${dataRule} Reply with JSON only: {"reason": "…", "winner": "A"}, where winner is A, B or tie. Write the reason first, in at most three sentences.`;

const promptOf = (question: string, a: string, b: string, { criteria }: Config): string =>
  [
    `What to judge:\n${criteria}`,
    question === '' ? '' : `Question:\n${framed('question', question)}`,
    `Answer A:\n${framed('answer', a)}`,
    `Answer B:\n${framed('answer', b)}`,
    'Which answer is better?',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
