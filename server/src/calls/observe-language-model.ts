import {
  canonicalJson,
  splitModelId,
  toErrorValue,
  withoutUndefined,
  type CallScope,
  type ErrorValue,
  type GenerateEvent,
  type GenerateOptions,
  type GenerateRequest,
  type LanguageModel,
  type Usage,
} from '@heddle/core';
import { admitCall } from './admit-call.js';
import { fallsBack, longestBatchMs } from './batched-calls.js';
import type { PlannedCall } from './call-guard.js';
import type { CallObserver } from './call-observer.js';
import { costOf } from './cost-of.js';
import { contentHash } from './content-hash.js';
import { filesOf, passagesOf } from './observe-call.js';

/** How many output tokens a request without a limit counts with; no present model writes more. */
const unboundedTokens = 4096;

/**
 * Wraps a language model: guards admit each call, and each call is recorded in the run as `model-call`, failed and aborted ones included.
 * `id` is the model id in the config. `askedBy` is the tool whose server requested the call.
 */
export function observeLanguageModel(
  id: string,
  model: LanguageModel,
  scope: CallScope,
  observer: CallObserver,
  askedBy?: string,
): LanguageModel {
  return {
    info: model.info,
    countTokens: (messages) => model.countTokens(messages),
    generate: (request, options) => observed({ id, model, request, scope, observer, askedBy }, options),
  };
}

interface ObservedCall {
  readonly id: string;
  readonly model: LanguageModel;
  readonly request: GenerateRequest;
  readonly scope: CallScope;
  readonly observer: CallObserver;
  readonly askedBy: string | undefined;
}

async function* observed(call: ObservedCall, options: GenerateOptions): AsyncGenerator<GenerateEvent, void, void> {
  const { id, model, request, scope, observer } = call;
  for (const file of filesIn(request)) await observer.checkFile?.(scope, file);
  const prompt = canonicalJson(request.messages);
  const bound = await boundOf(model, request, prompt);
  const planned = plannedCall(id, model, request, bound);
  const batched = await batchedAnswer(call, options, planned, prompt);
  const settle = batched?.settle ?? (await admitCall(observer.guards, planned, scope));
  const started = observer.clock.now();
  const output: string[] = [];
  let end: CallEnd | undefined;
  let error: ErrorValue | undefined;
  let isOver = false;
  try {
    let key: string | undefined;
    const keyed: GenerateOptions = {
      ...options,
      traceparent: observer.traceparentOf?.(scope),
      // A getter, because only some adapters send the key: local models do not read it.
      get idempotencyKey() {
        return (key ??= keyOf(request, options, scope, prompt));
      },
    };
    for await (const event of batched?.events ?? model.generate(request, keyed)) {
      if (event.type === 'text') output.push(event.text);
      else if (event.type === 'tool-call') output.push(canonicalJson({ name: event.name, arguments: event.arguments }));
      else if (event.type === 'end') end = event;
      yield event;
    }
    isOver = true;
  } catch (cause) {
    isOver = true;
    error = toErrorValue(cause, 'provider_failed', scope.path);
    throw cause;
  } finally {
    // A caller that has received the end may stop reading; then the call was not aborted.
    if (!isOver && end === undefined)
      error = { code: 'aborted', message: 'The call was given up before its end.', retryable: false };
    const text = output.join('');
    recordCall(call, { prompt, text, started, end, error, batch: batched?.batch });
    const ms = observer.clock.now() - started;
    await settle({ usage: end?.usage ?? cutUsage(bound, text), outputBytes: Buffer.byteLength(text), ms, error });
  }
}

/**
 * Returns the answer from a batch of the provider, if the run and the call may use one. Suspends the execution until the answer is there.
 */
async function batchedAnswer(
  { id, model, request, scope, observer }: ObservedCall,
  options: GenerateOptions,
  planned: PlannedCall,
  prompt: string,
) {
  const { batched } = model;
  const isBackedUp = fallsBack(scope);
  if (observer.batchedCalls === undefined || batched === undefined || isBackedUp === undefined) return undefined;
  if (options.mayWait !== true || (request.tools ?? []).length > 0) return undefined;
  const found = await observer.batchedCalls.answer({
    id,
    scope,
    endpoint: batched.endpoint,
    fallsBack: isBackedUp,
    inputTokens: planned.inputTokens,
    outputTokens: planned.outputTokens,
    most: costOf(planned, batched.price) ?? 0,
    key: keyOf(request, options, scope, prompt),
    admit: () => admitCall(observer.guards, { ...planned, price: batched.price, reservationMs: longestBatchMs }, scope),
    prepare: () => batched.prepare(request),
  });
  return found === undefined ? undefined : { ...found, events: batched.read(found.answer, request) };
}

type CallEnd = Extract<GenerateEvent, { type: 'end' }>;

function plannedCall(id: string, { info }: LanguageModel, { maxTokens }: GenerateRequest, bound: number): PlannedCall {
  return {
    kind: 'generate',
    subject: id,
    connection: splitModelId(id).connection,
    isLocal: info.destination.isLocal,
    inputTokens: bound,
    outputTokens: maxTokens ?? info.maxOutputTokens ?? unboundedTokens,
    price: info.price,
  };
}

/** Records a call in the run, and keeps its contents under the hashes that the record names. */
function recordCall(
  { id, model, request, scope, observer, askedBy }: ObservedCall,
  {
    prompt,
    text,
    started,
    end,
    error,
    batch,
  }: {
    readonly prompt: string;
    readonly text: string;
    readonly started: number;
    readonly end: CallEnd | undefined;
    readonly error: ErrorValue | undefined;
    readonly batch: string | undefined;
  },
): void {
  const keep = (content: string): string => {
    const hash = contentHash(content);
    observer.keep?.({ runId: scope.runId, hash, label: scope.label, text: content });
    return hash;
  };
  scope.record({
    type: 'model-call',
    model: id,
    kind: 'generate',
    isLocal: model.info.destination.isLocal,
    parameters: withoutUndefined({ ...parametersOf(request), askedBy }),
    promptHash: keep(prompt),
    outputHash: keep(text),
    toolsHash: request.tools === undefined ? undefined : keep(canonicalJson(request.tools)),
    ...filesOf(model.info),
    ...passagesOf(scope),
    label: scope.label,
    started,
    batch,
    answered: end?.model,
    usage: end?.usage,
    finishReason: end?.finishReason,
    error,
  });
}

/** How often each execution has made the same request in its present attempt. */
const asked = new WeakMap<CallScope, Map<string, number>>();

/**
 * The idempotency key of a request: the same for the same request of an execution, even in another attempt or after a crash. A request that
 * is repeated on purpose gets a different key.
 */
function keyOf(request: GenerateRequest, options: GenerateOptions, scope: CallScope, prompt: string): string {
  if (options.idempotencyKey !== undefined) return options.idempotencyKey;
  const question = contentHash(canonicalJson([scope.run.rootId, scope.path, prompt, parametersOf(request)]));
  const counts = asked.get(scope) ?? new Map<string, number>();
  asked.set(scope, counts);
  const ordinal = (counts.get(question) ?? 0) + 1;
  counts.set(question, ordinal);
  return `${question.slice('sha256:'.length)}-${ordinal}`;
}

/** The most tokens that providers count for an image; they scale large ones down. */
const imageTokens = 4096;

/** How many tokens a provider's template adds to a prompt, such as a date, and to tools. */
const templateTokens = 128;
const toolTemplateTokens = 1024;

/**
 * An upper bound of the tokens of the prompt. A model with a price and a local tokenizer counts them. Otherwise each byte counts as one
 * token, which no tokenizer exceeds, plus what the provider adds.
 */
async function boundOf(model: LanguageModel, request: GenerateRequest, prompt: string): Promise<number> {
  if (model.info.destination.isLocal && model.info.price !== undefined) return model.countTokens(request.messages);
  const tools = request.tools === undefined ? '' : canonicalJson(request.tools);
  const schema = request.schema === undefined ? '' : canonicalJson(request.schema);
  const added = templateTokens + (request.tools === undefined ? 0 : toolTemplateTokens);
  return added + Buffer.byteLength(prompt) + Buffer.byteLength(tools) + Buffer.byteLength(schema) + filesBound(request);
}

/** The ids of the files in a request. They must be checked, because adapters read files by id, whoever wrote the id. */
function filesIn({ messages }: GenerateRequest): readonly string[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((part) => (part.type === 'text' ? [] : [part.file.id])),
  );
}

/** An upper bound of the tokens of files: a fixed number for an image, one per byte for other files. */
function filesBound({ messages }: GenerateRequest): number {
  let bound = 0;
  for (const { content } of messages)
    for (const part of typeof content === 'string' ? [] : content)
      if (part.type === 'image') bound += imageTokens;
      else if (part.type === 'file') bound += part.file.size;
  return bound;
}

/** The usage of a call that ended without reporting any: it may be billed, so its input and output count as used. */
function cutUsage(inputTokens: number, text: string): Usage {
  return { inputTokens, outputTokens: Math.ceil(Buffer.byteLength(text) / 3) };
}

function parametersOf({ messages: _messages, tools, schema, ...rest }: GenerateRequest): Record<string, unknown> {
  return {
    ...rest,
    tools: tools?.map(({ name }) => name),
    schemaHash: schema === undefined ? undefined : contentHash(canonicalJson(schema)),
  };
}
