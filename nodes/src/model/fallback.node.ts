import {
  defineNode,
  HeddleError,
  ImagePort,
  Json,
  Messages,
  Passages,
  Text,
  toHeddleError,
  type Delta,
  type ErrorCode,
  type NodeContext,
} from '@heddle/core';
import { z } from 'zod';
import { frontierLayout } from '../generation/build-messages.js';
import { chatConfig } from '../generation/chat-config.js';
import { checkChat } from '../generation/chat-node.js';
import { converse, type ChatInputs, type ChatOutputs } from '../generation/converse.js';
import { downgradeOf, orderOf } from '../generation/next-model.js';
import { listOf } from '../fields/list-of.js';

/** Temporary errors, after which another model may still answer. */
const passing = [
  'provider_failed',
  'provider_rate_limited',
  'provider_timeout',
  'provider_unauthorized',
  'provider_reply_invalid',
  'circuit_open',
  'connection_disabled',
  'connection_not_found',
  'model_missing',
  'model_busy',
  'model_host_lost',
  'model_host_failed',
  'model_load_failed',
  'stream_incomplete',
  'context_too_long',
] as const satisfies readonly ErrorCode[];

const shared = chatConfig({
  model: 'smollm2-135m',
  temperature: 0.7,
  maxTokens: 1024,
  layout: frontierLayout,
  order: 'best-first',
}).omit({ model: true, adapters: true, givesReasoning: true });

const Config = z.object({
  models: z.array(z.string().min(1).max(256)).min(1).max(16).default(['smollm2-135m']).meta({
    basic: true,
    title: 'Models',
    description: 'Tried in this order if no route is connected.',
    widget: 'models',
  }),
  ...shared.shape,
  on: z
    .array(z.enum(passing))
    .min(1)
    .default([...passing])
    .meta({
      title: 'Continue after',
      description: 'Errors after which the next model is tried. Other errors fail the node.',
    }),
  hold: z.boolean().default(false).meta({
    title: 'Send text only when complete',
    description: 'The next model is then also tried if a model fails in the middle of its answer.',
  }),
});
type Config = z.infer<typeof Config>;

export const fallback = defineNode({
  type: 'fallback',
  version: 1,
  category: 'model',
  title: 'Fallback',
  summary: 'Tries the next model if one does not answer.',
  icon: 'list-restart',
  keywords: listOf(`
      backup, failover, fail over, redundancy, resilience, retry, try, catch, try catch, error handling, on error,
      second model, alternative model
    `),
  role: 'step',
  effects: ['model'],
  headline: 'models.0',
  prompts: { system: 'text', layout: 'template' },
  help: `
Tries models in order, and continues with the next only after the chosen errors. Connect **route** to the decision of a **route** node to try its candidates, best first.

Sent text cannot be taken back: a model that fails in the middle fails the node, and with a retry the next attempt starts with the next model. *Send text only when complete* avoids that, but nothing streams. A model whose budget is exceeded is skipped only if the budget says *downgrade*. Data above the clearance of a model always fails the run.
`.trim(),
  config: Config,
  inputs: {
    prompt: Text.optional().with({ title: 'Prompt' }),
    messages: Messages.optional().with({ title: 'Messages' }),
    passages: Passages.optional().with({ title: 'Passages' }),
    image: ImagePort.optional().with({ title: 'Image' }),
    route: Json.optional().with({ title: 'Route', help: 'The decision of a route node, or a list of model ids.' }),
  },
  outputs: { text: Text, citations: Json, usage: Json, tried: Json.with({ title: 'Tried' }) },
  example: { config: { models: ['smollm2-135m'] }, inputs: { prompt: 'Name a colour of the rainbow.' } },
  ports: ({ schema }) => (schema === undefined ? {} : { outputs: { json: Json } }),
  references: ({ models }) =>
    models.map((id, index) => ({ kind: 'model' as const, id, field: `models.${index}`, isChoice: true })),
  check: checkChat,
  async *run({ config, inputs, context }) {
    const models = orderOf(inputs.route) ?? config.models;
    const tried: { readonly model: string; readonly error: string }[] = [];
    // The n-th attempt of the node starts with the n-th model, because the models before it failed in earlier attempts.
    for (let index = Math.min(context.attempt, models.length) - 1; ; index += 1) {
      const model = models[index] ?? '';
      const attempt = { hasYielded: false };
      try {
        const outputs = yield* ask(config, { ...inputs, model }, context, attempt);
        if (tried.length > 0) decide(context, model, tried);
        return { ...outputs, tried };
      } catch (cause) {
        const error = toHeddleError(cause);
        if (context.signal.aborted || !mayTryNext(error, config)) throw cause;
        if (attempt.hasYielded) throw retryableError(error, model);
        if (index + 1 >= models.length) throw cause;
        tried.push({ model, error: error.code });
        context.log.warn(`'${model}' does not answer (${error.code}); '${models[index + 1] ?? ''}' is next`);
      }
    }
  },
});

/** The answer of one model; notes whether it has yielded text. */
async function* ask(
  config: Config,
  inputs: ChatInputs,
  context: NodeContext,
  attempt: { hasYielded: boolean },
): AsyncGenerator<Delta, ChatOutputs, void> {
  const answer = converse({ ...config, givesReasoning: false, model: inputs.model ?? '' }, inputs, context);
  for (;;) {
    const next = await answer.next();
    if (next.done === true) return next.value;
    if (config.hold) continue;
    attempt.hasYielded = true;
    yield next.value;
  }
}

function mayTryNext(error: HeddleError, { on }: Config): boolean {
  if (error.code === 'budget_exceeded') return downgradeOf(error) !== undefined;
  const codes: readonly string[] = on;
  return codes.includes(error.code);
}

const retryableError = (error: HeddleError, model: string): HeddleError =>
  new HeddleError(error.code, `'${model}' failed in the middle of its answer: ${error.message}`, {
    cause: error,
    retryable: true,
  });

function decide(
  context: NodeContext,
  model: string,
  tried: readonly { readonly model: string; readonly error: string }[],
): void {
  const failed = tried.map(({ model: other, error }) => `${other} (${error})`).join(', ');
  context.decide({
    kind: 'fallback',
    summary: `Answered by ${model}, after ${failed}.`,
    details: { model, tried: tried.map((entry) => ({ ...entry })) },
  });
}
