import { HeddleError } from '@heddle/core';
import {
  type Llama,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaEmbeddingContext,
  type LlamaModel,
} from 'node-llama-cpp';
import { createChatFormat, type ChatFormat } from './chat-prompt.js';
import { type Adapter, type LoadRequest } from './protocol.js';
import { SlotPool } from './slot-pool.js';

/** A context of a model, with its own slots and LoRA adapters. */
export interface OpenContext {
  readonly context: LlamaContext;
  readonly slots: SlotPool<LlamaContextSequence>;
  readonly usedTokens: () => number;
}

/** A loaded model. */
export interface OpenModel {
  readonly request: LoadRequest;
  readonly model: LlamaModel;
  readonly chunkTokens: number;
  readonly format: ChatFormat;
  /** By LoRA adapters. The context without adapters always exists. */
  readonly contexts: Map<string, Promise<OpenContext>>;
  readonly ready: Set<OpenContext>;
  readonly embedding: LlamaEmbeddingContext | undefined;
  tokensPerSecond: number | undefined;
  firstTokenMs: number | undefined;
}

/** Loads a model file and opens its first context. Errors: `model_file_invalid`, `model_load_failed`. */
export async function openModel(llama: Llama, request: LoadRequest, onChange: () => void): Promise<OpenModel> {
  const model = await llama
    .loadModel({ modelPath: request.file, ...(llama.gpu === false ? { gpuLayers: 0 } : {}) })
    .catch((error: unknown) => {
      throw loadError(request, error);
    });
  try {
    const opened: OpenModel = {
      request,
      model,
      chunkTokens: chunkTokens(llama.gpu !== false, request.parametersM),
      format: createChatFormat(model),
      contexts: new Map(),
      ready: new Set(),
      embedding: request.task === 'embed' ? await openEmbedding(model, request) : undefined,
      tokensPerSecond: undefined,
      firstTokenMs: undefined,
    };
    if (request.task === 'generate') await contextFor(opened, [], onChange);
    return opened;
  } catch (error) {
    await model.dispose();
    throw error instanceof HeddleError ? error : loadError(request, error);
  }
}

/** The number of prompt tokens in a batch. On a CPU, it is small enough that an abort takes effect within a second. */
function chunkTokens(hasGpu: boolean, parametersM: number | undefined): number {
  if (hasGpu) return 512;
  if ((parametersM ?? 1000) <= 500) return 128;
  return (parametersM ?? 1000) <= 2000 ? 64 : 32;
}

/** How many contexts with adapters are kept in addition to the plain one. */
const mostAdapted = 2;

/** The context for a set of LoRA adapters, opened at its first use. */
export function contextFor(
  opened: OpenModel,
  adapters: readonly Adapter[],
  onChange: () => void,
): Promise<OpenContext> {
  const key = JSON.stringify(adapters.map(({ file, scale }) => [file, scale]).sort());
  const known = opened.contexts.get(key);
  if (known !== undefined) return known;
  const opening = openContext(opened, adapters, onChange);
  opened.contexts.set(key, opening);
  opening.then(
    (context) => opened.ready.add(context),
    () => opened.contexts.delete(key),
  );
  void closeUnusedAdapted(opened, key);
  return opening;
}

async function closeUnusedAdapted(opened: OpenModel, except: string): Promise<void> {
  const adapted = [...opened.contexts.keys()].filter((key) => key !== '[]' && key !== except);
  for (const key of adapted.slice(0, Math.max(0, adapted.length + 1 - mostAdapted))) {
    const idle = await opened.contexts.get(key)?.catch(() => undefined);
    if (idle === undefined || idle.slots.inUse + idle.slots.waiting > 0) continue;
    opened.contexts.delete(key);
    opened.ready.delete(idle);
    await idle.context.dispose();
  }
}

async function openContext(
  { model, request, chunkTokens: batchSize }: OpenModel,
  adapters: readonly Adapter[],
  onChange: () => void,
): Promise<OpenContext> {
  const contextSize = Math.min(request.contextTokens, model.trainContextSize);
  for (let sequences = request.slots; ; sequences = Math.ceil(sequences / 2)) {
    try {
      const context = await model.createContext({
        sequences,
        contextSize,
        batchSize: Math.min(batchSize, contextSize),
        threads: request.threads,
        ...(model.llama.gpu === false ? { batching: oneAtATime } : {}),
        ...(adapters.length === 0
          ? {}
          : { lora: { adapters: adapters.map(({ file, scale }) => ({ filePath: file, scale })) } }),
      });
      const slots = Array.from({ length: sequences }, () => context.getSequence());
      return {
        context,
        slots: new SlotPool(request.id, slots, request.queueLimit, onChange),
        usedTokens: () => slots.reduce((sum, sequence) => sum + sequence.nextTokenIndex, 0),
      };
    } catch (error) {
      // There is less memory than expected. Fewer parallel generations are better than none.
      if (sequences === 1 || adapters.length > 0) throw loadError(request, error);
    }
  }
}

/**
 * On a CPU, each sequence gets its own batch, one after the other. A shared batch gains nothing there (measured: 41 tokens/s either way).
 * It would also change the last digits of the other sequences' results, so that the same request could get different answers.
 */
const oneAtATime: NonNullable<NonNullable<Parameters<LlamaModel['createContext']>[0]>['batching']> = {
  itemPrioritizationStrategy: ({ items, size }) => {
    const [item] = items;
    return item === undefined ? [] : [{ item, processAmount: Math.min(item.tokens.length, size) }];
  },
};

function openEmbedding(model: LlamaModel, request: LoadRequest): Promise<LlamaEmbeddingContext> {
  const contextSize = Math.min(request.contextTokens, model.trainContextSize);
  return model.createEmbeddingContext({ contextSize, batchSize: contextSize, threads: request.threads });
}

function loadError({ id, file }: LoadRequest, error: unknown): HeddleError {
  const reason = error instanceof Error ? error.message : String(error);
  const isMemory = /memory|VRAM/i.test(reason);
  return new HeddleError(
    'model_load_failed',
    isMemory
      ? `Model '${id}' does not fit into the memory: ${reason} Use a smaller one, or lower the context or the slots in the settings.`
      : `Model '${id}' could not be loaded from '${file}': ${reason}`,
    { cause: error, details: { model: id } },
  );
}
