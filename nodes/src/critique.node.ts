import {
  Boolean,
  defineNode,
  HeddleError,
  Json,
  Text,
  type Delta,
  type LanguageModel,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { principlesOf } from './critique/constitution.js';
import { judgeAnswer, type Judged, type Violation } from './critique/judge-answer.js';
import { chosenModel } from './generation/converse.js';
import { streamStep } from './generation/stream-step.js';

const model = z.string().max(256);

const Config = z.object({
  principles: z
    .array(z.string().min(1).max(2_000))
    .max(200)
    .default(['The answer is polite.', 'The answer promises nothing that the question does not allow.'])
    .meta({ title: 'Principles', description: 'What an answer must not go against, one a line.' }),
  constitution: z.string().max(65_536).default('').meta({
    title: 'Constitution',
    description: 'The same as text: each item of a list is a principle, else each paragraph.',
    widget: 'text',
  }),
  rounds: z
    .int()
    .min(1)
    .max(8)
    .default(2)
    .meta({ title: 'Max rounds', description: 'A round criticises and revises.' }),
  model: model
    .min(1)
    .default('smollm2-135m')
    .meta({ title: 'Model', description: 'Revises the answer.', widget: 'model', modelKind: 'generate' }),
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

/** What one round found and changed. */
interface Round {
  readonly round: number;
  readonly violations: readonly Violation[];
  readonly before: string;
  /** Left out where nothing was revised. */
  readonly after?: string;
}

export const critique = defineNode({
  type: 'critique',
  version: 1,
  category: 'safety',
  title: 'Critique',
  summary: 'Revises an answer against a written constitution, round by round.',
  icon: 'scale',
  role: 'step',
  effects: ['model'],
  headline: 'rounds',
  help: `
Each round asks the critic which **principles** the answer violates, and the model to rewrite it so that it violates none. It ends when none is violated, when a revision changes nothing, or after **Max rounds**; then the last answer is judged once more, so that **passed** is true only where the critic found nothing in the very text that leaves.

**transcript** streams what is criticised and how it is rewritten; **rounds** holds the same as data. Every call is a step of the run: after an interruption none is made twice. A reply of the critic that cannot be read is sent back with the reason, twice; then the node fails with \`schema_mismatch\`.

A constitution that does not fit the critic's context is judged in parts. Above 200 principles or 65,536 characters it is refused as \`input_too_large\`.

A small model is a weak judge: take a stronger one as critic where it matters.
`.trim(),
  config: Config,
  inputs: {
    text: Text.with({ title: 'Answer' }),
    question: Text.optional().with({ title: 'Question' }),
    constitution: Text.optional().with({ title: 'Constitution', help: 'More principles, such as those of a tenant.' }),
    model: Text.optional().with({ title: 'Model' }),
  },
  outputs: {
    text: Text,
    rounds: Json.with({ title: 'Rounds', help: 'What was criticised and changed.' }),
    passed: Boolean.with({ title: 'Passed' }),
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
      ? [{ field: 'principles', message: 'There is no principle.', fix: 'Write at least one.' }]
      : [],
  async *run({ config, inputs, context }) {
    const principles = principlesOf(config.principles, config.constitution, inputs.constitution ?? '');
    if (inputs.text.trim() === '') throw new HeddleError('input_empty', 'There is no answer to judge.');
    const writer = await context.use('languageModel', chosenModel(config, inputs));
    const critic = config.critic === '' ? writer : await context.use('languageModel', config.critic);
    const question = inputs.question?.trim() ?? '';
    const rounds: Round[] = [];
    let transcript = '';
    const tell = function* (delta: string): Generator<Delta, void, void> {
      transcript += delta;
      yield { port: 'transcript', delta };
    };
    let answer = inputs.text;
    for (let round = 1; ; round += 1) {
      const isLast = round > config.rounds;
      context.progress({
        share: (round - 1) / (config.rounds + 1),
        message: `${isLast ? 'Last look' : `Round ${round}`}: judging by ${principles.length} principles`,
      });
      const judged = { question, answer };
      const violations = await judgeAnswer(`judge-${round}`, critic, principles, judged, config.criticTokens, context);
      yield* tell(criticised(round, isLast, violations));
      if (violations.length === 0 || isLast) {
        rounds.push({ round, violations, before: answer });
        note(round, violations, false, context);
        return finish(answer, rounds, transcript);
      }
      context.progress({ message: `Round ${round}: revising` });
      const written = yield* seen(revise(round, writer, judged, violations, config, context), (text) => {
        transcript += text;
      });
      yield* tell('\n\n');
      const revised = written === '' ? answer : written;
      rounds.push({ round, violations, before: answer, after: revised });
      note(round, violations, revised !== answer, context);
      if (revised === answer) {
        context.log.warn('The model changed nothing: further rounds would not either');
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

/** Hands deltas on and tells of their text. */
async function* seen<T>(
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

function criticised(round: number, isLast: boolean, violations: readonly Violation[]): string {
  const head = isLast ? 'Last look' : `Round ${round}`;
  if (violations.length === 0) return `${head}: no principle is violated.\n`;
  const listed = violations.map(({ principle, why }) => `- ${principle}: ${why}`).join('\n');
  return `${head}: ${count(violations)}.\n${listed}\n${isLast ? '' : '\n'}`;
}

const count = ({ length }: readonly Violation[]): string =>
  length === 1 ? 'one principle is violated' : `${length} principles are violated`;

/** The round in the run's record. */
function note(round: number, violations: readonly Violation[], isChanged: boolean, context: NodeContext): void {
  const summary =
    violations.length === 0
      ? `Round ${round}: no principle is violated.`
      : `Round ${round}: ${count(violations)}${isChanged ? '; the answer was revised' : '; the answer was left as it is'}.`;
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
