import {
  BooleanPort,
  defineNode,
  HeddleError,
  Json,
  Text,
  type Delta,
  type LanguageModel,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { principlesOf } from '../critique/constitution.js';
import { judgeAnswer, type Judged, type Violation } from '../critique/judge-answer.js';
import { chosenModel } from '../generation/converse.js';
import { streamStep } from '../generation/stream-step.js';
import { listOf } from '../fields/list-of.js';

const model = z.string().max(256);

const Config = z.object({
  principles: z
    .array(z.string().min(1).max(2_000))
    .max(200)
    .default(['The answer is polite.', 'The answer promises nothing that the question does not allow.'])
    .meta({ basic: true, title: 'Principles', description: 'Rules for the answer, one per line.' }),
  constitution: z.string().max(65_536).default('').meta({
    basic: true,
    title: 'Constitution',
    description: 'Principles as text: each list item is a principle; without a list, each paragraph.',
    widget: 'text',
  }),
  rounds: z
    .int()
    .min(1)
    .max(8)
    .default(2)
    .meta({ basic: true, title: 'Max rounds', description: 'Each round is a critique and a revision.' }),
  model: model
    .min(1)
    .default('smollm2-135m')
    .meta({ basic: true, title: 'Model', description: 'Revises the answer.', widget: 'model', modelKind: 'generate' }),
  critic: model.default('').meta({
    title: 'Critic',
    description: 'Judges the answer. Empty: the same model.',
    widget: 'model',
    modelKind: 'generate',
  }),
  maxTokens: z.int().min(16).max(131_072).default(1_024).meta({ title: 'Max answer tokens' }),
  criticTokens: z.int().min(32).max(16_384).default(400).meta({ title: 'Max critique tokens' }),
  temperature: z.number().min(0).max(2).optional().default(0).meta({ title: 'Temperature' }),
});
type Config = z.infer<typeof Config>;

interface Round {
  readonly round: number;
  readonly violations: readonly Violation[];
  readonly before: string;
  /** The revised answer; undefined if it was not revised. */
  readonly after?: string;
}

export const critique = defineNode({
  type: 'critique',
  version: 1,
  category: 'safety',
  title: 'Critique',
  summary: 'Revises an answer in rounds until it follows the principles of a constitution.',
  icon: 'scale',
  keywords: listOf(`
      reflection, reflect, self critique, critic, review answer, revise, revision, improve, refine, evaluate,
      evaluator, evaluation, optimizer, constitution, constitutional ai, proofread, quality, feedback loop
    `),
  role: 'step',
  prompts: { constitution: 'text' },
  effects: ['model'],
  headline: 'rounds',
  help: `
In each round the critic names the **principles** that the answer violates, and the model rewrites the answer. It ends when the answer violates none, when a revision changes nothing, or after **Max rounds**. The final answer is then judged once more, so that **passed** is true only if the critic found no violation in exactly this text.

**transcript** streams the critique and the revisions; **rounds** has the same as data. Every call is a step: after an interruption, none is made twice. If the reply of the critic cannot be read, it is sent back with the reason, at most twice; then the node fails with \`schema_mismatch\`.

A constitution that exceeds the context of the critic is judged in parts. More than 200 principles or 65,536 characters are refused with \`input_too_large\`.

A small model is a weak judge: use a stronger model as critic for important answers.
`.trim(),
  config: Config,
  inputs: {
    text: Text.with({ title: 'Answer' }),
    question: Text.optional().with({ title: 'Question' }),
    constitution: Text.optional().with({
      title: 'Constitution',
      help: 'Further principles, for example for a customer.',
    }),
    model: Text.optional().with({ title: 'Model' }),
  },
  outputs: {
    text: Text,
    rounds: Json.with({ title: 'Rounds', help: 'The critiques and revisions.' }),
    passed: BooleanPort.with({ title: 'Passed' }),
    transcript: Text.with({ title: 'Transcript' }),
  },
  example: {
    config: { principles: ['Promise no delivery date.'] },
    inputs: { text: 'It arrives on Monday for sure.', question: 'When does my loom arrive?' },
  },
  references: ({ model: id, critic }) => [
    { kind: 'model', id, field: 'model' },
    ...(critic === '' ? [] : [{ kind: 'model' as const, id: critic, field: 'critic' }]),
  ],
  limits: ({ model: id }) => [`model:${id}`],
  check: ({ principles, constitution }) =>
    principles.length === 0 && constitution.trim() === ''
      ? [{ field: 'principles', message: 'There are no principles.', fix: 'Write at least one.' }]
      : [],
  async *run({ config, inputs, context }) {
    const principles = principlesOf(config.principles, config.constitution, inputs.constitution ?? '');
    if (inputs.text.trim() === '')
      throw new HeddleError('input_empty', 'The answer is empty: connect an answer to judge.');
    const writer = await context.use('languageModel', chosenModel(config, inputs));
    const critic = config.critic === '' ? writer : await context.use('languageModel', config.critic);
    const question = inputs.question?.trim() ?? '';
    const rounds: Round[] = [];
    let transcript = '';
    const addToTranscript = function* (delta: string): Generator<Delta, void, void> {
      transcript += delta;
      yield { port: 'transcript', delta };
    };
    let answer = inputs.text;
    for (let round = 1; ; round += 1) {
      const isLast = round > config.rounds;
      context.progress({
        share: (round - 1) / (config.rounds + 1),
        message: `${isLast ? 'Final check' : `Round ${round}`}: judging by ${principles.length} principles`,
      });
      const judged = { question, answer };
      const violations = await judgeAnswer(`judge-${round}`, critic, principles, judged, config.criticTokens, context);
      yield* addToTranscript(critiqueText(round, isLast, violations));
      if (violations.length === 0 || isLast) {
        rounds.push({ round, violations, before: answer });
        recordRound(round, violations, false, context);
        return finish(answer, rounds, transcript);
      }
      context.progress({ message: `Round ${round}: revising` });
      const written = yield* withTextCallback(revise(round, writer, judged, violations, config, context), (text) => {
        transcript += text;
      });
      yield* addToTranscript('\n\n');
      const revised = written === '' ? answer : written;
      rounds.push({ round, violations, before: answer, after: revised });
      recordRound(round, violations, revised !== answer, context);
      if (revised === answer) {
        context.log.warn('The revision changed nothing, so there are no further rounds');
        return finish(answer, rounds, transcript);
      }
      answer = revised;
    }
  },
});

async function* revise(
  round: number,
  writer: LanguageModel,
  { question, answer }: Judged,
  violations: readonly Violation[],
  { maxTokens, temperature }: Config,
  context: NodeContext,
): AsyncGenerator<Delta, string, void> {
  const listed = violations.map(({ principle, why }) => `- ${principle}${why === '' ? '' : ` (${why})`}`).join('\n');
  const asked = question === '' ? '' : `Question:\n${question}\n\n`;
  const content = `${asked}Answer:\n<answer>\n${answer}\n</answer>\n\nThe answer violates these principles:\n${listed}\n\nRewrite the answer so that it violates none of them and keeps what is right. Give the new answer only.`;
  const request = { messages: [{ role: 'user' as const, content }], maxTokens, temperature };
  const { text, finishReason } = yield* streamStep(`revise-${round}`, writer, request, 'transcript', context);
  if (finishReason === 'length') context.log.warn(`The revision was cut off after ${maxTokens} tokens`);
  return text.replace(/^<answer>\s*|\s*<\/answer>$/g, '').trim();
}

/** Yields deltas and calls back with the text of each. */
async function* withTextCallback<T>(
  stream: AsyncGenerator<Delta, T, void>,
  onText: (text: string) => void,
): AsyncGenerator<Delta, T, void> {
  for (;;) {
    const next = await stream.next();
    if (next.done === true) return next.value;
    onText(next.value.delta);
    yield next.value;
  }
}

function critiqueText(round: number, isLast: boolean, violations: readonly Violation[]): string {
  const head = isLast ? 'Final check' : `Round ${round}`;
  if (violations.length === 0) return `${head}: no violation.\n`;
  const listed = violations.map(({ principle, why }) => `- ${principle}: ${why}`).join('\n');
  return `${head}: ${count(violations)}.\n${listed}\n${isLast ? '' : '\n'}`;
}

const count = ({ length }: readonly Violation[]): string =>
  length === 1 ? '1 violated principle' : `${length} violated principles`;

function recordRound(round: number, violations: readonly Violation[], isChanged: boolean, context: NodeContext): void {
  const summary =
    violations.length === 0
      ? `Round ${round}: no violation.`
      : `Round ${round}: ${count(violations)}${isChanged ? '; the answer was revised' : '; the answer was not changed'}.`;
  context.decide({
    kind: 'critique',
    summary,
    details: { round, violations: violations.map((violation) => ({ ...violation })), isChanged },
  });
}

function finish(text: string, rounds: readonly Round[], transcript: string) {
  const passed = rounds.at(-1)?.violations.length === 0;
  return { text, rounds: rounds.map((round) => ({ ...round })), passed, transcript };
}
