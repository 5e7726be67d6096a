import { stat } from 'node:fs/promises';
import {
  HeddleError,
  type Classifier,
  type Destination,
  type Embedder,
  type ModelCard,
  type ModelFile,
  type ModelHostState,
  type Reranker,
  type Tokenizer,
} from '@heddle/core';
import { type Caller } from '../../child/create-caller.js';
import { type ModelFileStore } from '../files/model-file-store.js';
import { EmbeddedRows, OnnxRows, TaggedSpans, type OnnxModel } from '../onnx/protocol.js';
import { type TokenizerFile } from '../tokenizers/load-tokenizer.js';
import { createTagger, taggingClassifier } from '../onnx/create-tagger.js';
import { embedInSlices } from './embed-in-slices.js';
import { createSupervisor, type HostSupervisor } from './host-supervisor.js';
import { ModelLoader, type MemoryBudget } from './model-loader.js';
import { neededMb } from './needed-memory.js';
import { type ModelLog, type ResolvedSettings } from './settings.js';
import { ownFile } from '../../child/own-file.js';

export interface RuntimeOptions {
  readonly files: ModelFileStore;
  readonly settings: ResolvedSettings;
  readonly memory: MemoryBudget;
  readonly log: ModelLog;
  readonly onChange: () => void;
}

/** Local models may receive data with any label. */
export const localDestination: Destination = { name: 'local', clearance: 'restricted', isLocal: true };

/**
 * The most padded tokens in a batch of a float model. A quantised model runs each text alone: its quantisation scale depends on the whole
 * batch, so other texts would change the vector of a text.
 */
const floatBatchTokens = 128;

/** The tokenizer file of a model whose files are ready. */
export function tokenizerOf(files: ReadonlyMap<ModelFile['role'], string>, card: ModelCard): TokenizerFile {
  for (const role of ['tokenizer', 'vocabulary'] as const) {
    const path = files.get(role);
    if (path !== undefined) return { role, path };
  }
  throw new HeddleError(
    'model_file_invalid',
    `Model '${card.id}' has no tokenizer: add its tokenizer.json to the entry.`,
  );
}

/**
 * Runs models in the ONNX host.
 *
 * @param isGenerating whether the llama.cpp host is generating; embedding then leaves the cores to it.
 */
export class OnnxRuntime {
  private readonly options: RuntimeOptions;
  private readonly isGenerating: () => boolean;
  private readonly tokenizerOfModel: (id: string) => Promise<Tokenizer>;
  private readonly supervisor: HostSupervisor;
  private readonly loader: ModelLoader;

  constructor(
    options: RuntimeOptions,
    isGenerating: () => boolean,
    tokenizerOfModel: (id: string) => Promise<Tokenizer>,
  ) {
    this.options = options;
    this.isGenerating = isGenerating;
    this.tokenizerOfModel = tokenizerOfModel;
    this.supervisor = createSupervisor({
      runtime: 'onnx',
      entry: ownFile('models/onnx/host.js'),
      log: options.log,
      coolDownMs: options.settings.hostCoolDownMs,
      onChange: options.onChange,
      onLost: () => this.loader.forget(),
    });
    this.loader = new ModelLoader({
      supervisor: this.supervisor,
      idleUnloadMs: options.settings.idleUnloadMs,
      memory: options.memory,
      onChange: options.onChange,
      load: async (caller, card) => {
        const model = await describeModel(options.files, card, options.settings.embedThreads);
        await caller.call('load', model, () => undefined);
        return { memoryMb: await needMb(card, model.weights) };
      },
      unload: (caller, id) => caller.call('unload', { id }, () => undefined),
    });
  }

  embedder(card: ModelCard): Embedder {
    return {
      id: card.id,
      dimensions: card.dimensions ?? 0,
      maxTokens: card.contextTokens,
      destination: localDestination,
      embed: (texts, embedOptions) =>
        embedInSlices(card, texts, embedOptions, (slice, callOptions) =>
          this.use(
            card,
            (caller) =>
              caller.call(
                'embed',
                { id: card.id, ...slice, isUrgent: embedOptions.kind === 'query', threads: this.threads() },
                (value) => EmbeddedRows.parse(value),
                callOptions,
              ),
            callOptions.signal,
          ),
        ),
    };
  }

  reranker(card: ModelCard): Reranker {
    return {
      id: card.id,
      destination: localDestination,
      rerank: async (query, texts, { signal }) => {
        const { values, width } = await this.score(card, texts, query, signal);
        // A cross-encoder with two outputs gives its score in the second one, "relevant".
        return texts.map((_, row) => values[row * width + width - 1] ?? 0);
      },
    };
  }

  classifier(card: ModelCard): Classifier {
    if (card.format === 'spacy') return this.pipeline(card);
    return card.perToken === true
      ? createTagger(
          card,
          () => this.tokenizerOfModel(card.id),
          (text, signal) =>
            this.use(
              card,
              (caller) =>
                caller.call(
                  'tag',
                  { id: card.id, text, threads: this.threads() },
                  (value) => OnnxRows.parse(value),
                  signal === undefined ? {} : { signal },
                ),
              signal,
            ),
        )
      : createClassifier(card, (texts, premise, signal) => this.score(card, texts, premise, signal));
  }

  private pipeline(card: ModelCard): Classifier {
    const labels = card.labels ?? [];
    return taggingClassifier(card, (text, signal) =>
      this.use(
        card,
        (caller) =>
          caller.call(
            'names',
            { id: card.id, text, labels },
            (value) => TaggedSpans.parse(value),
            signal === undefined ? {} : { signal },
          ),
        signal,
      ),
    );
  }

  state(): ModelHostState {
    return {
      ...this.supervisor.state(),
      device: 'cpu',
      models: this.loader.loaded().map(({ card, inUse, needMb: memoryMb }) => ({
        id: card.id,
        memoryMb: Math.round(memoryMb),
        file: card.files.find(({ role }) => role === 'weights')?.name ?? '',
        contextTokens: card.contextTokens,
        quantisation: card.quantisation,
        slots: 1,
        slotsInUse: Math.min(1, inUse),
        waiting: Math.max(0, inUse - 1),
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

  async close(): Promise<void> {
    this.loader.close();
    await this.supervisor.close();
  }

  private threads(): number {
    return this.isGenerating() ? 1 : this.options.settings.embedThreads;
  }

  private async use<Value>(
    card: ModelCard,
    work: (caller: Caller) => Promise<Value>,
    signal?: AbortSignal,
  ): Promise<Value> {
    const paths = await this.options.files.ready(card);
    return this.loader.use(card, await needMb(card, paths.get('weights') ?? ''), work, signal);
  }

  private score(
    card: ModelCard,
    texts: readonly string[],
    query: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<OnnxRows> {
    return this.use(
      card,
      (caller) =>
        caller.call(
          'score',
          { id: card.id, query, texts, threads: this.threads() },
          (value) => OnnxRows.parse(value),
          signal === undefined ? {} : { signal },
        ),
      signal,
    );
  }
}

async function describeModel(files: ModelFileStore, card: ModelCard, threads: number): Promise<OnnxModel> {
  const paths = await files.ready(card);
  return {
    id: card.id,
    weights: paths.get('weights') ?? '',
    tokenizer: tokenizerOf(paths, card),
    ...(card.format === 'spacy' ? { lookups: paths.get('vocabulary') } : {}),
    maxTokens: card.contextTokens,
    pooling: card.pooling,
    batchTokens: card.quantisation === undefined ? floatBatchTokens : 0,
    threads,
  };
}

/** The memory that a model needs, in MB: from its card, or else from its file. */
async function needMb(card: ModelCard, weights: string): Promise<number> {
  return neededMb(card, (await stat(weights)).size) ?? 50;
}

type Score = (
  texts: readonly string[],
  premise: string | undefined,
  signal: AbortSignal | undefined,
) => Promise<OnnxRows>;

function createClassifier(card: ModelCard, score: Score): Classifier {
  const labels = card.labels ?? [];
  const label = async (
    texts: readonly string[],
    premise: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<readonly Readonly<Record<string, number>>[]> => {
    const { values, width } = await score(texts, premise, signal);
    if (texts.length > 0 && width !== labels.length) {
      throw new HeddleError(
        'model_file_invalid',
        `Model '${card.id}' returns ${width} scores, but its card names ${labels.length} labels: correct the labels of the entry.`,
      );
    }
    return texts.map((_, row) => {
      const scores = probabilities(values.subarray(row * width, (row + 1) * width), card.activation ?? 'softmax');
      return Object.fromEntries(labels.map((name, index) => [name, scores[index] ?? 0]));
    });
  };
  return {
    id: card.id,
    labels,
    destination: localDestination,
    classify: (texts, { signal }) => label(texts, undefined, signal),
    ...(card.pairs === true
      ? { classifyPairs: (premise, hypotheses, { signal }) => label(hypotheses, premise, signal) }
      : {}),
  };
}

function probabilities(scores: Float32Array, activation: 'softmax' | 'sigmoid'): readonly number[] {
  const list = [...scores];
  if (activation === 'sigmoid') return list.map((value) => 1 / (1 + Math.exp(-value)));
  const most = Math.max(...list);
  const powers = list.map((value) => Math.exp(value - most));
  const sum = powers.reduce((total, value) => total + value, 0);
  return powers.map((value) => value / sum);
}
