// The llama.cpp host: a child process that loads GGUF models and generates text or vectors with them.
import { HeddleError } from '@heddle/core';
import {
  getLlama,
  LlamaGrammarEvaluationState,
  LlamaLogLevel,
  type Llama,
  type LlamaContextSequence,
  type LlamaModel,
} from 'node-llama-cpp';
import { type CallContext, serveCalls } from '../../child/serve-calls.js';
import { normalise } from '../onnx/pool-rows.js';
import { checkLengths } from '../onnx/check-lengths.js';
import { type EmbeddedRows } from '../onnx/protocol.js';
import { type ChatPrompt } from './chat-prompt.js';
import { generateText } from './generate-text.js';
import { contextFor, openModel, type OpenContext, type OpenModel } from './open-model.js';
import {
  llamaRequests,
  type GenerateCall,
  type LlamaEnd,
  type LlamaLoaded,
  type LlamaNotice,
  type LoadRequest,
} from './protocol.js';
import { orCall, toolGrammar } from './tool-grammar.js';
import { aborted } from './write-tokens.js';

/** Set by the parent: `cpu`, or the GPU whose runtime this process uses. */
const gpu = process.env['HEDDLE_GPU'] ?? 'cpu';
const models = new Map<string, Promise<OpenModel>>();
const ready = new Map<string, OpenModel>();
let llama: Promise<Llama> | undefined;
let device = gpu;
/** How often the host reports the use of the context during a generation. */
const beatMs = 500;

async function startLlama(): Promise<Llama> {
  const wanted = gpu === 'cuda' || gpu === 'vulkan' || gpu === 'metal' ? gpu : false;
  const start = (device: typeof wanted): Promise<Llama> =>
    getLlama({
      gpu: device,
      build: 'never',
      skipDownload: true,
      logLevel: LlamaLogLevel.error,
      // The parent reports the last lines of standard error after a crash.
      logger: (_level, message) => process.stderr.write(`${message}\n`),
    });
  // If the GPU does not start (driver too old, card in use), the CPU is used.
  const library = await start(wanted).catch((error: unknown) => {
    if (wanted === false) throw error;
    return start(false);
  });
  device = deviceName(library);
  return library;
}

async function load(request: LoadRequest): Promise<LlamaLoaded> {
  let opening = models.get(request.id);
  if (opening === undefined) {
    llama ??= startLlama();
    llama.catch(() => (llama = undefined));
    opening = llama.then((library) => openModel(library, request, reportState));
    models.set(request.id, opening);
    opening.then(
      (model) => ready.set(request.id, model),
      () => models.delete(request.id),
    );
  }
  const before = process.memoryUsage.rss();
  const { model, contexts } = await opening;
  const context = await contexts.get('[]');
  reportState();
  return {
    contextTokens: context?.context.contextSize ?? request.contextTokens,
    slots: context?.slots.size ?? 1,
    memoryMb: Math.max(model.size / 2 ** 20, (process.memoryUsage.rss() - before) / 2 ** 20),
    device: deviceName(model.llama),
    architecture: model.architecture,
  };
}

async function opened(id: string): Promise<OpenModel> {
  const found = await models.get(id);
  if (found === undefined) throw new HeddleError('internal', `Model '${id}' is not open in the llama.cpp host.`);
  return found;
}

async function generate(call: GenerateCall, { signal, emit }: Pick<CallContext, 'signal' | 'emit'>): Promise<LlamaEnd> {
  const startedAt = performance.now();
  const target = await opened(call.id);
  const { tools } = call;
  const { toolStyle } = target.format;
  // The text of a thought would violate the grammar.
  const thinks = call.grammar === undefined && tools?.isRequired !== true;
  const prompt = target.format.write(call.messages, { thinks, tools: tools?.list ?? [] });
  const { context, slots } = await contextFor(target, call.adapters, reportState);
  checkLength(call.id, prompt, context.contextSize);
  const grammar =
    call.grammar === undefined
      ? undefined
      : await held(target.model, tools === undefined ? call.grammar : orCall(call.grammar, toolStyle));
  const sequence = await slots.acquire({
    signal,
    onPosition: (position) => emit({ type: 'waiting', position }),
    prefer: (free) => longestShared(free, prompt),
  });
  const beat = setInterval(reportState, beatMs);
  try {
    if (signal.aborted) throw aborted(call.id);
    const end = await generateText({
      model: target.model,
      sequence,
      prompt,
      call,
      grammar,
      toolStyle,
      toolGrammar: () => held(target.model, toolGrammar(tools?.list ?? [], toolStyle, tools?.isParallel === true)),
      chunkTokens: target.chunkTokens,
      signal,
      emit,
      startedAt,
    });
    target.firstTokenMs = end.firstTokenMs;
    const writingMs = end.totalMs - end.firstTokenMs;
    if (end.outputTokens > 1 && writingMs > 0) target.tokensPerSecond = ((end.outputTokens - 1) / writingMs) * 1000;
    return end;
  } finally {
    clearInterval(beat);
    slots.release(sequence);
  }
}

/** The initial state of a grammar. */
async function held(model: LlamaModel, grammar: string): Promise<LlamaGrammarEvaluationState> {
  return new LlamaGrammarEvaluationState({ model, grammar: await model.llama.createGrammar({ grammar }) });
}

function checkLength(id: string, { tokens }: ChatPrompt, contextTokens: number): void {
  if (tokens.length < contextTokens) return;
  throw new HeddleError(
    'context_too_long',
    `The prompt has ${tokens.length} tokens, but model '${id}' reads ${contextTokens} and needs room for its answer: give it fewer or shorter passages, or raise the context in the settings.`,
    { details: { model: id, inputTokens: tokens.length, contextTokens } },
  );
}

/** The free sequence that shares the longest beginning with this prompt. */
function longestShared(free: readonly LlamaContextSequence[], prompt: ChatPrompt): LlamaContextSequence | undefined {
  const tokens = [...prompt.tokens];
  const shared = free.map((sequence) => ({
    sequence,
    length: sequence.compareContextTokens(tokens).firstDifferentIndex,
  }));
  // If no sequence shares anything, the one with the fewest tokens is overwritten.
  shared.sort(
    (left, right) => right.length - left.length || left.sequence.nextTokenIndex - right.sequence.nextTokenIndex,
  );
  return shared[0]?.sequence;
}

async function embed(
  id: string,
  texts: readonly string[],
  refusesFrom: number | undefined,
  { signal, emit }: Pick<CallContext, 'signal' | 'emit'>,
): Promise<EmbeddedRows> {
  const { embedding, model, request } = await opened(id);
  if (embedding === undefined)
    throw new HeddleError('model_wrong_kind', `Model '${id}' was opened to generate text, not to compute vectors.`);
  const most = Math.min(request.contextTokens, model.trainContextSize) - 2;
  const rows: Float32Array[] = [];
  const whole = texts.map((text) => model.tokenize(text, false));
  checkLengths(
    whole.map(({ length }) => length),
    { model: id, maxTokens: most, refusesFrom },
  );
  for (const text of whole) {
    if (signal.aborted) throw new HeddleError('aborted', `The embedding with model '${id}' was stopped.`);
    const tokens = text.slice(0, most);
    // The library returns no vector for an empty text. `normalise` gives the zero vector a direction.
    const vector =
      tokens.length === 0
        ? new Float32Array(model.embeddingVectorSize)
        : (await embedding.getEmbeddingFor(tokens)).vector;
    rows.push(normalise(Float32Array.from(vector)));
    emit({ done: rows.length });
  }
  const width = rows[0]?.length ?? 0;
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, index) => values.set(row, index * width));
  return { values, width, tokens: whole.reduce((sum, { length }) => sum + Math.min(length, most), 0) };
}

async function unload(id: string): Promise<void> {
  // Removed from the map at once, so that a concurrent call loads the model again.
  const opening = models.get(id);
  models.delete(id);
  ready.delete(id);
  reportState();
  const found = await opening?.catch(() => undefined); // A model that failed to load need not be closed.
  await found?.model.dispose();
}

const deviceName = (library: Llama): string => (library.gpu === false ? 'cpu' : library.gpu);

/** Reports the state of the models to the parent, before the result of the call that changed it. */
function reportState(): void {
  notify({ device, models: [...ready.values()].map(stand) } satisfies LlamaNotice);
}

function stand({ request, ready: contexts, tokensPerSecond, firstTokenMs }: OpenModel): LlamaNotice['models'][number] {
  const sum = (value: (context: OpenContext) => number): number =>
    [...contexts].reduce((total, context) => total + value(context), 0);
  return {
    id: request.id,
    slots: sum(({ slots }) => slots.size),
    slotsInUse: sum(({ slots }) => slots.inUse),
    waiting: sum(({ slots }) => slots.waiting),
    contextUsed: sum(({ usedTokens }) => usedTokens()),
    tokensPerSecond,
    firstTokenMs,
  };
}

const notify = serveCalls({
  load: (payload) => load(llamaRequests.load.parse(payload)),
  unload: (payload) => unload(llamaRequests.unload.parse(payload).id),
  generate: (payload, context) => generate(llamaRequests.generate.parse(payload), context),
  async count(payload) {
    const { id, messages } = llamaRequests.count.parse(payload);
    return (await opened(id)).format.write(messages, { thinks: true }).tokens.length;
  },
  embed(payload, context) {
    const { id, texts, prefix, refusesFrom } = llamaRequests.embed.parse(payload);
    return embed(
      id,
      texts.map((text) => prefix + text),
      refusesFrom,
      context,
    );
  },
});
