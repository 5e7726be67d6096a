import {
  canonicalJson,
  splitModelId,
  toErrorValue,
  type CallScope,
  type Clock,
  type ErrorValue,
  type GenerateEvent,
  type GenerateOptions,
  type GenerateRequest,
  type LanguageModel,
  type Routing,
  type TraceparentFor,
  type Usage,
} from '@heddle/core';
import { admitCall } from './admit-call.js';
import type { Authority } from '../authority/authority.js';
import type { CallContent, CallGuard } from './call-guard.js';
import { contentHash } from './content-hash.js';
import { filesOf, passagesOf } from './observe-call.js';

/** What watching calls works with. */
export interface CallObserver {
  readonly clock: Clock;
  readonly guards: readonly CallGuard[];
  /** The routing of one execution: with its budgets, and the quality in its workflow. */
  readonly routingOf?: (scope: CallScope, authority: Authority) => Routing;
  /** Keeps what was sent and what came back apart from the record, which names it by hash. */
  keep?(content: CallContent): void;
  /** The trace that a call is a part of; undefined where nobody is told. */
  readonly traceparentOf?: (scope: CallScope) => TraceparentFor | undefined;
  /** Errors: `blob_not_found` for a file that is not of the run's project. Left out, there is one project. */
  readonly checkFile?: (scope: CallScope, id: string) => void;
}

/** No model of today writes more; a request without a bound is taken to ask for this much. */
const unboundedTokens = 4096;

/**
 * A language model whose every call is admitted by the guards and written into the run as `model-call`, also one that failed or was
 * given up half-way. `id` is the one of the config.
 */
export function observeLanguageModel(
  id: string,
  model: LanguageModel,
  scope: CallScope,
  observer: CallObserver,
): LanguageModel {
  return {
    info: model.info,
    countTokens: (messages) => model.countTokens(messages),
    generate: (request, options) => observed(id, model, request, options, scope, observer),
  };
}

async function* observed(
  id: string,
  model: LanguageModel,
  request: GenerateRequest,
  options: GenerateOptions,
  scope: CallScope,
  observer: CallObserver,
): AsyncGenerator<GenerateEvent, void, void> {
  const { clock } = observer;
  for (const id of filesIn(request)) observer.checkFile?.(scope, id);
  const prompt = canonicalJson(request.messages);
  const tools = request.tools === undefined ? undefined : canonicalJson(request.tools);
  const bound = await boundOf(model, request, prompt);
  const settle = await admitCall(
    observer.guards,
    {
      kind: 'generate',
      subject: id,
      connection: splitModelId(id).connection,
      isLocal: model.info.destination.isLocal,
      inputTokens: bound,
      outputTokens: request.maxTokens ?? model.info.maxOutputTokens ?? unboundedTokens,
      price: model.info.price,
    },
    scope,
  );
  const started = clock.now();
  const output: string[] = [];
  let end: Extract<GenerateEvent, { type: 'end' }> | undefined;
  let error: ErrorValue | undefined;
  let isOver = false;
  try {
    let key: string | undefined;
    const keyed: GenerateOptions = {
      ...options,
      traceparent: observer.traceparentOf?.(scope),
      // For those who send one: a model of this machine asks for none.
      get idempotencyKey() {
        return (key ??= keyOf(request, options, scope, prompt));
      },
    };
    for await (const event of model.generate(request, keyed)) {
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
    // Whoever has the end reads no further: that is no call that was given up.
    if (!isOver && end === undefined)
      error = { code: 'aborted', message: 'The call was given up before its end.', retryable: false };
    const text = output.join('');
    const hashes = { promptHash: contentHash(prompt), outputHash: contentHash(text) };
    scope.record({
      type: 'model-call',
      model: id,
      kind: 'generate',
      isLocal: model.info.destination.isLocal,
      parameters: parametersOf(request),
      ...hashes,
      ...(tools === undefined ? {} : { toolsHash: contentHash(tools) }),
      ...filesOf(model.info),
      ...passagesOf(scope),
      label: scope.label,
      started,
      ...(end === undefined ? {} : { answered: end.model, usage: end.usage, finishReason: end.finishReason }),
      ...(error === undefined ? {} : { error }),
    });
    observer.keep?.({ runId: scope.runId, hash: hashes.promptHash, label: scope.label, text: prompt });
    observer.keep?.({ runId: scope.runId, hash: hashes.outputHash, label: scope.label, text });
    if (tools !== undefined)
      observer.keep?.({ runId: scope.runId, hash: contentHash(tools), label: scope.label, text: tools });
    settle({
      usage: end?.usage ?? cutUsage(bound, text),
      outputBytes: Buffer.byteLength(text),
      ms: clock.now() - started,
      error,
    });
  }
}

/** How often each execution has asked the same thing in its present attempt. */
const asked = new WeakMap<CallScope, Map<string, number>>();

/** The same key for the same question of an execution, also in another attempt or after a crash (D2); asked twice on purpose, it has two. */
function keyOf(request: GenerateRequest, options: GenerateOptions, scope: CallScope, prompt: string): string {
  if (options.idempotencyKey !== undefined) return options.idempotencyKey;
  const question = contentHash(canonicalJson([scope.run.rootId, scope.path, prompt, parametersOf(request)]));
  const counts = asked.get(scope) ?? new Map<string, number>();
  asked.set(scope, counts);
  const ordinal = (counts.get(question) ?? 0) + 1;
  counts.set(question, ordinal);
  return `${question.slice('sha256:'.length)}-${ordinal}`;
}

/** More than any provider takes for an image, scaled down as they all do. */
const imageTokens = 4096;

/** What a provider's template says around a prompt, such as a date or a word of its own; and around tools, some hundred words. */
const templateTokens = 128;
const toolTemplateTokens = 1024;

/**
 * Tokens that the prompt has at most: counted where the model can and it costs, else one a byte, which no tokenizer exceeds, and what
 * the provider adds.
 */
async function boundOf(model: LanguageModel, request: GenerateRequest, prompt: string): Promise<number> {
  if (model.info.destination.isLocal && model.info.price !== undefined) return model.countTokens(request.messages);
  const tools = request.tools === undefined ? '' : canonicalJson(request.tools);
  const schema = request.schema === undefined ? '' : canonicalJson(request.schema);
  const added = templateTokens + (request.tools === undefined ? 0 : toolTemplateTokens);
  return added + Buffer.byteLength(prompt) + Buffer.byteLength(tools) + Buffer.byteLength(schema) + filesBound(request);
}

/** Files that a request names: the adapters read them by name, whoever wrote the name. */
function filesIn({ messages }: GenerateRequest): readonly string[] {
  return messages.flatMap(({ content }) =>
    typeof content === 'string' ? [] : content.flatMap((part) => (part.type === 'text' ? [] : [part.file.id])),
  );
}

/** Files are named by reference in the prompt: an image by its most, anything else a token a byte. */
function filesBound({ messages }: GenerateRequest): number {
  let bound = 0;
  for (const { content } of messages)
    for (const part of typeof content === 'string' ? [] : content)
      if (part.type === 'image') bound += imageTokens;
      else if (part.type === 'file') bound += part.file.size;
  return bound;
}

/** A call that ended without usage may be billed all the same: what went in, and what came out, are taken as spent. */
function cutUsage(inputTokens: number, text: string): Usage {
  return { inputTokens, outputTokens: Math.ceil(Buffer.byteLength(text) / 3) };
}

function parametersOf({ messages: _messages, tools, schema, ...rest }: GenerateRequest): Record<string, unknown> {
  return {
    ...rest,
    ...(tools === undefined ? {} : { tools: tools.map(({ name }) => name) }),
    ...(schema === undefined ? {} : { schemaHash: contentHash(canonicalJson(schema)) }),
  };
}
