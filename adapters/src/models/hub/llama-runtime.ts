import {
  HeddleError,
  type Embedder,
  type GenerateEvent,
  type GenerateRequest,
  type LanguageModel,
  type ModelCard,
  type ModelHostState,
} from '@heddle/core';
import { z } from 'zod';
import { type Caller } from '../../child/create-caller.js';
import { ownFile } from '../../child/own-file.js';
import { checkGguf } from '../files/gguf-header.js';
import { type ModelFileStore } from '../files/model-file-store.js';
import { chooseDevice } from '../gpu/choose-device.js';
import { neededMb, statedBytes } from './needed-memory.js';
import { jsonGrammar } from '../llama/json-grammar.js';
import {
  LlamaEnd,
  LlamaEvent,
  LlamaLoaded,
  LlamaNotice,
  type Adapter,
  type GenerateCall,
  type LoadRequest,
} from '../llama/protocol.js';
import { EmbeddedRows } from '../onnx/protocol.js';
import { streamCall } from './stream-call.js';
import { embedInSlices } from './embed-in-slices.js';
import { createSupervisor, type HostSupervisor } from './host-supervisor.js';
import { ModelLoader } from './model-loader.js';
import { localDestination, type RuntimeOptions } from './onnx-runtime.js';
import { type ResolvedSettings } from './settings.js';

interface LlamaRuntimeOptions extends RuntimeOptions {
  readonly dataFolder: string;
  readonly card: (id: string) => ModelCard;
}

/** Runs models in the llama.cpp host. */
export class LlamaRuntime {
  private readonly options: LlamaRuntimeOptions;
  private notice: LlamaNotice = { device: 'cpu', models: [] };
  private running = 0;
  private readonly supervisor: HostSupervisor;
  private readonly loader: ModelLoader;

  constructor(options: LlamaRuntimeOptions) {
    this.options = options;
    this.supervisor = createSupervisor({
      runtime: 'llama',
      entry: ownFile('models/llama/host.js'),
      launch: () => chooseDevice(options.settings.gpu, options.dataFolder),
      log: options.log,
      coolDownMs: options.settings.hostCoolDownMs,
      onChange: options.onChange,
      onNotice: (value) => {
        this.notice = LlamaNotice.parse(value);
        options.onChange();
      },
      onLost: () => {
        this.loader.forget();
        this.notice = { ...this.notice, models: [] };
      },
    });
    this.loader = new ModelLoader({
      supervisor: this.supervisor,
      idleUnloadMs: options.settings.idleUnloadMs,
      memory: options.memory,
      onChange: options.onChange,
      load: async (caller, card) =>
        caller.call('load', await loadRequest(options.files, card, options.settings), (value) =>
          LlamaLoaded.parse(value),
        ),
      unload: (caller, id) => caller.call('unload', { id }, () => undefined),
    });
  }

  languageModel(card: ModelCard): LanguageModel {
    return {
      info: {
        id: card.id,
        contextTokens: this.contextTokens(card),
        supports: { schema: true, tools: true, images: false },
        destination: localDestination,
      },
      generate: (request, { signal }) => this.generate(card, request, signal),
      countTokens: (messages) =>
        this.use(card, (caller) => caller.call('count', { id: card.id, messages }, (value) => z.int().parse(value))),
    };
  }

  embedder(card: ModelCard): Embedder {
    return {
      id: card.id,
      dimensions: card.dimensions ?? 0,
      maxTokens: this.contextTokens(card),
      destination: localDestination,
      embed: (texts, embedOptions) =>
        embedInSlices(card, texts, embedOptions, (slice, callOptions) =>
          this.use(
            card,
            (caller) =>
              caller.call('embed', { id: card.id, ...slice }, (value) => EmbeddedRows.parse(value), callOptions),
            callOptions.signal,
          ),
        ),
    };
  }

  state(): ModelHostState {
    return {
      ...this.supervisor.state(),
      device: this.notice.device,
      models: this.loader.loaded().map(({ card, needMb: memoryMb }) => ({
        memoryMb: Math.round(memoryMb),
        file: card.files.find(({ role }) => role === 'weights')?.name ?? '',
        contextTokens: this.contextTokens(card),
        quantisation: card.quantisation,
        ...(this.notice.models.find(({ id }) => id === card.id) ?? {
          id: card.id,
          slots: 0,
          slotsInUse: 0,
          waiting: 0,
        }),
      })),
    };
  }

  isLoaded(id: string): boolean {
    return this.loader.loaded().some(({ card }) => card.id === id);
  }

  /** Loads a model before its first use. */
  load(card: ModelCard): Promise<void> {
    return this.use(card, () => Promise.resolve());
  }

  unload(id: string): Promise<void> {
    return this.loader.unload(id);
  }

  isGenerating(): boolean {
    return this.running > 0;
  }

  async close(): Promise<void> {
    this.loader.close();
    await this.supervisor.close();
  }

  private async use<Value>(
    card: ModelCard,
    work: (caller: Caller) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    return this.loader.use(card, needMb(card), work, signal);
  }

  private contextTokens(card: ModelCard): number {
    return Math.min(card.contextTokens, this.options.settings.contextTokens);
  }

  private async *generate(
    card: ModelCard,
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<GenerateEvent> {
    const startedAt = performance.now();
    const call = await generateCall(this.options, card, request);
    if (signal.aborted) throw new HeddleError('aborted', `The generation of model '${card.id}' was stopped.`);
    this.running += 1;
    let firstTokenMs: number | undefined;
    try {
      const { finishReason, ...usage } = yield* streamCall(
        (onEvent, callSignal) =>
          this.use(
            card,
            (caller) =>
              caller.call('generate', call, (value) => LlamaEnd.parse(value), { signal: callSignal, onEvent }),
            signal,
          ),
        (event) => {
          const parsed = LlamaEvent.parse(event);
          if (parsed.type === 'text' || parsed.type === 'reasoning') firstTokenMs ??= performance.now() - startedAt;
          return parsed;
        },
        signal,
      );
      yield {
        type: 'end',
        finishReason,
        model: card.id,
        usage: { ...usage, firstTokenMs: firstTokenMs ?? usage.firstTokenMs, totalMs: performance.now() - startedAt },
      };
    } finally {
      this.running -= 1;
    }
  }
}

async function loadRequest(files: ModelFileStore, card: ModelCard, settings: ResolvedSettings): Promise<LoadRequest> {
  const file = await weightsOf(files, card);
  // Native code must never open a broken file.
  await checkGguf(file);
  return {
    id: card.id,
    file,
    task: card.kind === 'embed' ? 'embed' : 'generate',
    contextTokens: Math.min(card.contextTokens, settings.contextTokens),
    slots: settings.slots,
    queueLimit: settings.queueLimit,
    threads: settings.generateThreads,
    parametersM: card.parametersM,
  };
}

async function weightsOf(files: ModelFileStore, card: ModelCard): Promise<string> {
  const paths = await files.ready(card);
  const file = paths.get('weights') ?? paths.get('adapter');
  if (file !== undefined) return file;
  throw new HeddleError('model_file_invalid', `The entry of model '${card.id}' names no weights.`);
}

/** Checks a request and adds what only the parent process knows: the files of adapters, and the grammar for the schema. */
async function generateCall(
  options: LlamaRuntimeOptions,
  card: ModelCard,
  request: GenerateRequest,
): Promise<GenerateCall> {
  const adapters = await Promise.all((request.adapters ?? []).map((adapter) => resolveAdapter(options, card, adapter)));
  const { maxTokens, temperature, topP, topK, seed, schema } = request;
  return {
    id: card.id,
    messages: [...request.messages],
    stop: (request.stop ?? []).filter((stop) => stop !== ''),
    adapters,
    ...callableTools(request),
    maxTokens,
    temperature,
    topP,
    topK,
    seed,
    grammar: schema === undefined ? undefined : jsonGrammar(schema),
  };
}

/** The tools that the model may call for a request. Errors: `bad_request` if it must call a tool that the request does not have. */
function callableTools({
  tools = [],
  toolChoice = 'auto',
  parallelToolCalls,
}: GenerateRequest): Pick<GenerateCall, 'tools'> {
  if (tools.length === 0 || toolChoice === 'none') return {};
  const list = typeof toolChoice === 'string' ? tools : tools.filter(({ name }) => name === toolChoice.name);
  if (list.length === 0)
    throw new HeddleError('bad_request', 'The request requires a call of a tool that it does not describe.');
  const isParallel = typeof toolChoice === 'string' && parallelToolCalls !== false;
  return { tools: { list: [...list], isRequired: toolChoice !== 'auto', isParallel } };
}

async function resolveAdapter(
  options: LlamaRuntimeOptions,
  base: ModelCard,
  wanted: { readonly id: string; readonly scale?: number },
): Promise<Adapter> {
  const card = options.card(wanted.id);
  if (card.kind !== 'lora') throw new HeddleError('model_wrong_kind', `'${card.id}' is not a LoRA adapter.`);
  if (card.baseModel !== base.id) {
    throw new HeddleError(
      'model_wrong_kind',
      `The adapter '${card.id}' was made for model '${card.baseModel ?? 'unknown'}', not for '${base.id}'.`,
    );
  }
  const file = await weightsOf(options.files, card);
  await checkGguf(file);
  return { file, scale: wanted.scale ?? 1 };
}

/** For a model of unknown size: assumes a billion parameters. */
const unknownMb = 1050;

/** The memory that a model needs, estimated before it is first loaded: from its card, or else from its file. */
function needMb(card: ModelCard): number {
  return neededMb(card, statedBytes(card)) ?? unknownMb;
}
