import {
  defineNode,
  HeddleError,
  Json,
  Messages,
  Suspended,
  Text,
  toHeddleError,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { frontierLayout } from '../generation/build-messages.js';
import { chatConfig } from '../generation/chat-config.js';
import { converse, type ChatInputs } from '../generation/converse.js';
import { listOf } from '../fields/list-of.js';

const shared = chatConfig({
  model: 'smollm2-135m',
  temperature: 0.7,
  maxTokens: 1024,
  layout: frontierLayout,
  order: 'best-first',
});
const { system, temperature, maxTokens, reasoning } = shared.shape;

const Config = z.object({
  models: z.array(z.string().min(1).max(256)).min(2).max(9).default(['smollm2-135m', 'smollm2-135m']).meta({
    basic: true,
    title: 'Models',
    description: 'All models answer in parallel. A model may appear more than once.',
    widget: 'models',
  }),
  pick: z
    .enum(['majority', 'judge', 'merge'])
    .default('majority')
    .meta({
      basic: true,
      title: 'Choose by',
      labels: { majority: 'Majority', judge: 'Judge model', merge: 'Merge by a model' },
    }),
  judge: z
    .string()
    .min(1)
    .max(256)
    .default('smollm2-135m')
    .meta({ basic: true, title: 'Judge', description: 'Judges or merges.', widget: 'model', modelKind: 'generate' }),
  least: z
    .int()
    .min(1)
    .max(9)
    .default(1)
    .meta({ title: 'Min answers', description: 'With fewer answers the node fails.' }),
  system,
  temperature,
  maxTokens: maxTokens.meta({ ...maxTokens.meta(), basic: false }),
  reasoning,
});
type Config = z.infer<typeof Config>;

interface Answer {
  readonly model: string;
  readonly text: string;
}

export const vote = defineNode({
  type: 'vote',
  version: 1,
  category: 'model',
  title: 'Vote',
  summary: 'Gets answers from several models in parallel, and chooses or merges them.',
  icon: 'vote',
  keywords: listOf(`
      ensemble, consensus, majority, self consistency, best of n, judge, jury, panel, several models, multiple
      models, compare models, mixture of agents, arena
    `),
  role: 'step',
  effects: ['model'],
  headline: 'pick',
  prompts: { system: 'text' },
  help: `
*Majority* takes the answer that is most similar to all others by its words: good for short answers. *Judge model* shows all answers without names to a judge, which chooses the best. *Merge by a model* lets it write one answer from all.

A model that fails is left out, with a note in **answers**, as long as enough answers remain. A refusal because of the label always fails the run.
`.trim(),
  config: Config,
  inputs: { prompt: Text.optional(), messages: Messages.optional() },
  outputs: { text: Text, answers: Json, winner: Text },
  example: { config: {}, inputs: { prompt: 'Name a colour.' } },
  references: ({ models, judge, pick }) => [
    ...models.map((id, index) => ({ kind: 'model' as const, id, field: `models.${index}` })),
    ...(pick === 'majority' ? [] : [{ kind: 'model' as const, id: judge, field: 'judge' }]),
  ],
  async run({ config, inputs, context }) {
    // All answers are awaited before one of them suspends or fails the node; otherwise a later answer would be lost.
    const settled = await Promise.allSettled(
      config.models.map((model, index) => attempt(`answer-${index}`, model, config, inputs, context)),
    );
    const tried = settled.map((entry) => {
      if (entry.status === 'fulfilled') return entry.value;
      throw entry.reason;
    });
    const answers = tried.flatMap(({ model, text }) => (text === undefined ? [] : [{ model, text }]));
    if (answers.length < config.least || answers.length === 0) throw tooFew(tried, config.least);
    const { text, winner, reason } = await pickers[config.pick](answers, config, inputs, context);
    const failed = tried.flatMap(({ model, error }) => (error === undefined ? [] : [{ model, error: error.code }]));
    context.decide({
      kind: 'vote',
      summary: `${answers.length} of ${tried.length} models answered; ${reason}.`,
      details: { pick: config.pick, winner, answers: answers.map((answer) => ({ ...answer })), failed },
    });
    return { text, winner, answers: [...answers, ...failed] };
  },
});

interface Picked {
  readonly text: string;
  readonly winner: string;
  readonly reason: string;
}
type Picker = (
  answers: readonly Answer[],
  config: Config,
  inputs: ChatInputs,
  context: NodeContext,
) => Picked | Promise<Picked>;

const pickers: Readonly<Record<Config['pick'], Picker>> = { majority, judge, merge };

function majority(answers: readonly Answer[]): Picked {
  const words = answers.map(({ text }) => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []));
  let best = 0;
  let most = -1;
  words.forEach((own, index) => {
    const sum = words.reduce((total, other, at) => total + (at === index ? 0 : likeness(own, other)), 0);
    if (sum > most) [best, most] = [index, sum];
  });
  const { model, text } = answers[best] ?? { model: '', text: '' };
  return { text, winner: model, reason: `the answer of ${model} is most similar to the others` };
}

/** The share of words that both have (Jaccard index). */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const common = [...a].filter((word) => b.has(word)).length;
  const all = a.size + b.size - common;
  return all === 0 ? 1 : common / all;
}

async function judge(
  answers: readonly Answer[],
  config: Config,
  inputs: ChatInputs,
  context: NodeContext,
): Promise<Picked> {
  const request = `${answersText(answers, inputs)}\n\nWhich answer is best? Reply with its number only.`;
  const verdict = await askModel(config.judge, request, { ...config, maxTokens: 16, temperature: 0 }, context);
  const answer = answers[Number(/\d+/.exec(verdict)?.[0] ?? NaN) - 1];
  if (answer === undefined)
    throw new HeddleError('schema_mismatch', `The judge '${config.judge}' chose no answer: ${verdict.slice(0, 80)}`, {
      retryable: true,
    });
  return { text: answer.text, winner: answer.model, reason: `${config.judge} chose the answer of ${answer.model}` };
}

async function merge(
  answers: readonly Answer[],
  config: Config,
  inputs: ChatInputs,
  context: NodeContext,
): Promise<Picked> {
  const request = `${answersText(answers, inputs)}\n\nWrite the one best answer from them. Give the answer only.`;
  return {
    text: await askModel(config.judge, request, config, context),
    winner: config.judge,
    reason: `${config.judge} merged the answers`,
  };
}

function answersText(answers: readonly Answer[], { prompt, messages = [] }: ChatInputs): string {
  const last = messages.at(-1)?.content;
  const question = prompt ?? (typeof last === 'string' ? last : 'see the answers');
  return `Question:\n${question}\n\n${answers.map(({ text }, index) => `Answer ${index + 1}:\n${text}`).join('\n\n')}`;
}

/** Each answer is a step, so that a model that waits, for example for more budget, does not repeat the others. */
async function attempt(
  key: string,
  model: string,
  config: Config,
  inputs: ChatInputs,
  context: NodeContext,
): Promise<{ readonly model: string; readonly text?: string; readonly error?: HeddleError }> {
  try {
    return { model, text: await context.step(key, () => ask({ ...inputs, model }, config, context)) };
  } catch (cause) {
    if (cause instanceof Suspended) throw cause;
    const error = toHeddleError(cause);
    if (context.signal.aborted || error.code === 'label_refused') throw cause;
    return { model, error };
  }
}

const askModel = (model: string, prompt: string, config: Config, context: NodeContext): Promise<string> =>
  ask({ prompt, model }, config, context);

/** The whole answer of one model. It does not stream, because another answer may be chosen. */
async function ask(inputs: ChatInputs, config: Config, context: NodeContext): Promise<string> {
  const { judge: _judge, models: _models, pick: _pick, least: _least, ...given } = config;
  const answer = converse({ ...shared.parse({}), ...given }, inputs, context);
  for (;;) {
    const next = await answer.next();
    if (next.done === true) return next.value.text;
  }
}

function tooFew(
  tried: readonly { readonly model: string; readonly error?: HeddleError }[],
  least: number,
): HeddleError {
  const first = tried.find(({ error }) => error !== undefined)?.error;
  const failed = tried.flatMap(({ model, error }) => (error === undefined ? [] : [`${model} (${error.code})`]));
  return new HeddleError(
    first?.code ?? 'provider_failed',
    `Fewer than ${least} models answered; failed: ${failed.join(', ')}.`,
    { cause: first, retryable: first?.retryable === true },
  );
}
