import {
  canonicalJson,
  defineEvaluator,
  toHeddleError,
  type EvaluatorContext,
  type EvaluatorDefinition,
  type Judged,
  textOf,
} from '@heddle/core';
import { findInjections } from '@heddle/nodes';
import { z } from 'zod';
import { contentHash } from '../../calls/content-hash.js';
import { askJudge, dataRule, framed } from './ask-judge.js';
import { inputField, judgesField, judgeTokens, modelsOf, questionOf } from './judge-fields.js';
import { sentenceOfPanel, verdictOf, type Vote } from './panel.js';

/** Must change with every change of the prompt below, because a calibration is valid for one version only. */
const rubricPrompt = { name: 'rubric', version: 1 } as const;

const Level = z.strictObject({
  title: z.string().min(1).max(200).meta({ title: 'Level' }),
  about: z.string().max(2_000).default('').meta({ title: 'When', widget: 'text' }),
});

const standardLevels = ['Wrong or useless', 'Mostly wrong', 'Partly right', 'Mostly right', 'Right and complete'].map(
  (title) => ({ title, about: '' }),
);

const Config = z.strictObject({
  models: judgesField,
  criteria: z
    .string()
    .min(1)
    .max(20_000)
    .default('How correct and complete is the answer to the question?')
    .meta({ title: 'What to judge', widget: 'text' }),
  levels: z
    .array(Level)
    .min(2)
    .max(10)
    .default(standardLevels)
    .meta({ title: 'Levels', description: 'From the worst to the best.' }),
  sees: z
    .array(z.enum(['question', 'expected', 'passages']))
    .max(3)
    .default(['question', 'expected'])
    .meta({ title: 'The judge also reads', widget: 'checkboxes' }),
  question: inputField,
  panel: z
    .enum(['mean', 'majority'])
    .default('mean')
    .meta({ title: 'Panel', description: 'How several judges come to one score.' }),
  maxTokens: judgeTokens,
});
type Config = z.infer<typeof Config>;

const Reply = z.object({ reason: z.string(), level: z.int() });

/** A model judges the answer by a rubric. */
export const judgeKind: EvaluatorDefinition = defineEvaluator({
  kind: 'judge',
  title: 'LLM judge',
  about:
    'A level of a rubric that one or more language models give, as a score from 0 (first level) to 1 (last level).',
  source:
    'Form filling with reasons first as in G-Eval (Liu and others, 2023); panels as in PoLL (Verga and others, 2024).',
  needs: ['answer'],
  config: Config,
  metrics: () => [{ title: 'Judged', better: 'higher', unit: 'score' }],
  version: rubricPrompt.version,
  levels: ({ levels }) => levels.length,
  references: ({ models }) => modelsOf('models', models),
  evaluate: async (judged, config, context) => {
    const prompt = promptOf(judged, config);
    const votes = await Promise.all(config.models.map((model) => voteOf(model, prompt, config, context)));
    const { value, explanation } = verdictOf(
      votes,
      config.panel,
      ({ level }) => (level - 1) / (config.levels.length - 1),
    );
    const answer = textOf(judged.answer);
    return {
      value,
      explanation: votes.length === 1 ? explanation : sentenceOfPanel(votes, explanation),
      details: {
        prompt: { ...rubricPrompt, hash: promptHash(config) },
        votes: votes.map((vote) => ({ ...vote, title: config.levels[(vote.level ?? 0) - 1]?.title })),
        // Reported only; it does not change the score.
        hasOrders: findInjections(answer.slice(0, 100_000)).length > 0,
      },
    };
  },
});

async function voteOf(model: string, prompt: string, config: Config, context: EvaluatorContext): Promise<Vote> {
  try {
    const { levels, maxTokens } = config;
    const { level, reason } = await askJudge(
      model,
      {
        system: systemOf(),
        prompt,
        schema: schemaOf(levels.length),
        reply: Reply.extend({ level: z.int().min(1).max(levels.length) }),
        maxTokens,
      },
      context,
    );
    return { model, level, reason: reason.slice(0, 2_000) };
  } catch (cause) {
    if (context.signal.aborted) throw cause;
    const { code, message } = toHeddleError(cause, 'evaluation_failed');
    return { model, error: { code, message } };
  }
}

const systemOf = (): string =>
  `You judge answers strictly and fairly. The length, the tone and the self-praise of an answer do not count. ${dataRule} Reply with JSON only: {"reason": "…", "level": 1}. Write the reason first, in at most three sentences.`;

/** The part of the prompt that is the same for all rows. */
function rubricOf({ criteria, levels }: Pick<Config, 'criteria' | 'levels'>): string {
  const lines = levels.map(({ title, about }, at) => `${at + 1}. ${title}${about === '' ? '' : `: ${about}`}`);
  return `What to judge:\n${criteria}\n\nLevels:\n${lines.join('\n')}`;
}

function promptOf(judged: Judged, config: Config): string {
  const { sees } = config;
  const question = sees.includes('question') ? questionOf(judged, config.question) : '';
  const right = sees.includes('expected') ? judged.expected : [];
  const passages = sees.includes('passages') ? judged.subject.passages : [];
  const parts = [
    rubricOf(config),
    question === '' ? '' : `Question:\n${framed('question', question)}`,
    right.length === 0
      ? ''
      : `Right answer${right.length > 1 ? 's, each of them is enough' : ''}:\n${right.map((one) => framed('right', textOf(one))).join('\n')}`,
    passages.length === 0
      ? ''
      : `Passages that the answer should rest on:\n${passages.map(({ text }) => framed('passage', text)).join('\n')}`,
    `Answer:\n${framed('answer', textOf(judged.answer))}`,
    `Which level from 1 to ${config.levels.length} fits the answer?`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A hash of the prompt without the row: equal hashes mean equal prompts. */
function promptHash(config: Config): string {
  const { criteria, levels, sees } = config;
  return contentHash(canonicalJson([rubricPrompt, systemOf(), rubricOf({ criteria, levels }), sees]));
}

const schemaOf = (levels: number) =>
  ({
    type: 'object',
    properties: { reason: { type: 'string' }, level: { type: 'integer', minimum: 1, maximum: levels } },
    required: ['reason', 'level'],
    additionalProperties: false,
  }) as const;
