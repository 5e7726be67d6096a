import {
  HeddleError,
  type GenerateEvent,
  type GenerateOptions,
  type GenerateRequest,
  type LanguageModel,
  type Message,
  type Usage,
  withoutUndefined,
} from '@heddle/core';
import { createBatchedModel } from './batched-model.js';
import type { Provider, SchemaSupport } from './provider.js';
import type { RemoteModelOptions } from './remote-model-options.js';
import { readAnswer, type Answer, type Piece } from './read-answer.js';
import { countMessages, expectTokens } from './shared/count-messages.js';
import { loadFiles } from './shared/load-files.js';
import { makeCall, type LineEvent } from './shared/make-call.js';
import { priceUsage } from './shared/price-call.js';
import { requestRepair, requestSchema, checkAnswer, repairRounds } from './shared/structured-answer.js';

export function createRemoteLanguageModel(options: RemoteModelOptions): LanguageModel {
  const { info } = options;
  return {
    info,
    batched: createBatchedModel(options),
    countTokens: (messages) => Promise.resolve(countMessages(messages)),
    generate: (request, generateOptions) => generate(options, request, generateOptions),
  };
}

async function* generate(
  options: RemoteModelOptions,
  request: GenerateRequest,
  { signal, idempotencyKey, traceparent }: GenerateOptions,
): AsyncGenerator<GenerateEvent> {
  const { line, info } = options;
  const startedAt = line.clock.now();
  const provider = await options.provider();
  const { schema, ...plain } = request;
  const prepared = { ...plain, idempotencyKey };
  const call = { signal, traceparent };
  const { finishReason, usage, firstAt } = yield* schema === undefined
    ? callOnce(options, provider, prepared, call)
    : structured(options, provider, { ...prepared, schema }, call);
  yield {
    type: 'end',
    finishReason,
    model: info.id,
    usage: withoutUndefined({
      ...priceUsage(usage, info.price),
      firstTokenMs: firstAt === undefined ? undefined : firstAt - startedAt,
      totalMs: line.clock.now() - startedAt,
    }),
  };
}

type CallParts = Pick<GenerateOptions, 'signal' | 'traceparent'>;
type Prepared = GenerateRequest & { readonly idempotencyKey?: string };

/** Makes one call, retries included. Its text is yielded as it arrives, or, with `holdsText`, only returned. */
async function* callOnce(
  options: RemoteModelOptions,
  provider: Provider,
  request: Prepared,
  call: CallParts,
  holdsText = false,
): AsyncGenerator<Piece | LineEvent, Answer> {
  const files = await loadFiles(request.messages, options.readFile);
  const { line, model } = options;
  let answer: Answer | undefined;
  yield* makeCall<Piece>(line, {
    model,
    tokens: expectTokens(request),
    ...call,
    async *work(exchange) {
      const sent = { ...request, model, files };
      const events = readAnswer(provider.generate(sent, exchange), sent, exchange, line.clock);
      answer = yield* holdsText ? withoutText(events) : events;
    },
    used: () => (answer === undefined ? 0 : answer.usage.inputTokens + answer.usage.outputTokens),
  });
  if (answer === undefined) throw new HeddleError('internal', `The call of model '${options.info.id}' gave no answer.`);
  return answer;
}

async function* withoutText(events: AsyncGenerator<Piece, Answer>): AsyncGenerator<Piece, Answer> {
  let step = await events.next();
  // The opener closes the exchange, so leaving this loop early leaves nothing open.
  for (; step.done !== true; step = await events.next()) if (step.value.type !== 'text') yield step.value;
  return step.value;
}

/**
 * Returns an answer that fits a schema. If the provider guarantees it, the text streams and is checked at its end; otherwise it is held
 * back until it fits, and the model may repair it. Errors: `schema_mismatch`.
 */
async function* structured(
  options: RemoteModelOptions,
  provider: Provider,
  request: Prepared & { readonly schema: NonNullable<GenerateRequest['schema']> },
  call: CallParts,
): AsyncGenerator<Piece | LineEvent, Answer> {
  const { schema, ...plain } = request;
  let support: SchemaSupport = provider.schemaSupport(schema);
  if (support === 'sure') {
    try {
      const answer = yield* callOnce(options, provider, request, call);
      const checked = answer.finishReason === 'stop' ? checkAnswer(answer.text, schema) : undefined;
      if (checked !== undefined && 'problem' in checked) throw mismatch(options, checked.problem, 0);
      return answer;
    } catch (error) {
      // For an older model that does not support schemas, the prompt asks for it instead.
      if (!(error instanceof HeddleError) || error.code !== 'provider_refused') throw error;
      support = 'none';
    }
  }
  let messages: readonly Message[] = requestSchema(request.messages, schema);
  let usage: Usage | undefined;
  let firstAt: number | undefined;
  for (let round = 0; ; round += 1) {
    const attempt = { ...plain, messages, ...(support === 'likely' ? { schema } : {}) };
    let answer: Answer;
    try {
      answer = yield* callOnce(options, provider, attempt, call, true);
    } catch (error) {
      // For a server that does not support schemas, only the prompt asks for it.
      if (support === 'none' || !(error instanceof HeddleError) || error.code !== 'provider_refused') throw error;
      support = 'none';
      continue;
    }
    usage = addUsage(usage, answer.usage);
    firstAt ??= answer.firstAt;
    if (answer.finishReason !== 'stop') {
      if (answer.text !== '') yield { type: 'text', text: answer.text };
      return { ...answer, usage, firstAt };
    }
    const checked = checkAnswer(answer.text, schema);
    if ('json' in checked) {
      yield { type: 'text', text: checked.json };
      return { ...answer, text: checked.json, usage, firstAt };
    }
    if (round >= repairRounds) throw mismatch(options, checked.problem, round);
    messages = requestRepair(messages, answer.text, checked.problem, schema);
  }
}

function addUsage(left: Usage | undefined, right: Usage): Usage {
  if (left === undefined) return right;
  const sum = (a: number | undefined, b: number | undefined): number | undefined =>
    a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    cachedTokens: sum(left.cachedTokens, right.cachedTokens),
    cacheWriteTokens: sum(left.cacheWriteTokens, right.cacheWriteTokens),
    reasoningTokens: sum(left.reasoningTokens, right.reasoningTokens),
  };
}

function mismatch({ info }: RemoteModelOptions, problem: string, rounds: number): HeddleError {
  return new HeddleError(
    'schema_mismatch',
    `Model '${info.id}' gave an answer that does not fit the schema${rounds > 0 ? `, also after ${rounds} corrections` : ''}: ${problem}.`,
    { details: { model: info.id, problem, rounds } },
  );
}
