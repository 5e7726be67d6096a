import { totalmem } from 'node:os';
import {
  HeddleError,
  type Classifier,
  type Embedder,
  type LanguageModel,
  type ModelCard,
  type ModelFiles,
  type ModelHostState,
  type ModelHub,
  type ModelMachine,
  type ModelState,
  type PullProgress,
  type Reranker,
  type Tokenizer,
} from '@heddle/core';
import { chooseDevice } from '../gpu/choose-device.js';
import { detectGpu } from '../gpu/detect-gpu.js';
import { openCatalogue, type Catalogue } from '../catalogue/catalogue.js';
import { createHeaderReader } from '../files/read-header.js';
import { ModelFileStore } from '../files/model-file-store.js';
import { modelHashes } from '../files/model-hashes.js';
import { pullModel } from '../files/pull-model.js';
import { createHeadClassifier } from '../head/head-classifier.js';
import { readHead } from '../head/head-file.js';
import { createTokenizer } from '../tokenizers/create-tokenizer.js';
import { LlamaRuntime } from './llama-runtime.js';
import { type MemoryBudget } from './model-loader.js';
import { OnnxRuntime, tokenizerOf, type RuntimeOptions } from './onnx-runtime.js';
import { createStateReader, type ModelFacts } from './model-state.js';
import { neededMb, statedBytes } from './needed-memory.js';
import { resolveSettings, type ModelLog, type ModelSettings, type ResolvedSettings } from './settings.js';

interface ModelHubOptions {
  /** HEDDLE_MODELS. Several data folders can share it. */
  readonly modelsFolder: string;
  /** HEDDLE_DATA. It contains the cards of users and the GPU runtimes. */
  readonly dataFolder: string;
  readonly settings?: ModelSettings;
  readonly log?: ModelLog;
  /** The free bytes of the disk with this folder. Default: asks the operating system. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const silent: ModelLog = { info: () => undefined, warn: () => undefined };

/**
 * Manages the models of this machine: the catalogue, downloads, and the processes that run models.
 *
 * @example const hub = new LocalModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: '.heddle' });
 */
export class LocalModelHub implements ModelHub {
  private readonly catalogue: Catalogue;
  private readonly watchers = new Set<() => void>();
  private readonly onChange = (): void => this.watchers.forEach((watcher) => watcher());
  private readonly files: ModelFileStore;
  private readonly llama: LlamaRuntime;
  private readonly tokenizers = new Map<string, Promise<Tokenizer>>();
  private readonly onnx: OnnxRuntime;
  private readonly pulls: Pulls;
  private readonly stateOf: (card: ModelCard, facts: ModelFacts) => Promise<ModelState>;
  private readonly hashes = new Map<string, ModelFiles>();
  private readonly settings: ResolvedSettings;
  private readonly dataFolder: string;
  private gpu: ReturnType<typeof detectGpu> | undefined;

  constructor(options: ModelHubOptions) {
    const { onChange } = this;
    const { dataFolder, modelsFolder, log = silent } = options;
    const settings = resolveSettings(options.settings ?? {});
    const files = new ModelFileStore(modelsFolder);
    const memory: MemoryBudget = { limitMb: settings.memoryMb, loaders: new Set() };
    const runtime: RuntimeOptions = { files, settings, memory, log, onChange };
    this.files = files;
    this.settings = settings;
    this.dataFolder = dataFolder;
    this.catalogue = openCatalogue(dataFolder);
    this.llama = new LlamaRuntime({ ...runtime, dataFolder, card: (id) => this.catalogue.card(id) });
    this.onnx = new OnnxRuntime(
      runtime,
      () => this.llama.isGenerating(),
      (id) => this.tokenizer(id),
    );
    this.pulls = createPulls(files, options, settings.hub, onChange);
    this.stateOf = createStateReader({ files, readHeader: createHeaderReader(), onChange });
  }

  list(): Promise<readonly ModelState[]> {
    return Promise.all(
      this.catalogue.cards().map(async (card) => {
        const state = await this.stateOf(card, {
          isLoaded: this.onnx.isLoaded(card.id) || this.llama.isLoaded(card.id),
          isPulling: this.pulls.isPulling(card.id),
          isOwn: this.catalogue.isOwn(card.id),
        });
        const isHere = state.status === 'ready' || state.status === 'loaded';
        return { ...state, needMb: neededMb(card, isHere ? state.bytes : statedBytes(card)) };
      }),
    );
  }

  async machine(): Promise<ModelMachine> {
    const { memoryMb: limitMb, gpu: wanted } = this.settings;
    const gpu = await (this.gpu ??= detectGpu());
    const { env } = await chooseDevice(wanted, this.dataFolder, () => Promise.resolve(gpu));
    return { memoryMb: Math.round(totalmem() / 2 ** 20), limitMb, gpu, usesGpu: env['HEDDLE_GPU'] !== 'cpu' };
  }

  card(id: string): ModelCard {
    return this.catalogue.card(id);
  }

  async add(card: ModelCard): Promise<void> {
    await this.catalogue.add(card);
    this.onChange();
  }

  async pull(
    id: string,
    pullOptions: { readonly signal?: AbortSignal; readonly onProgress?: (progress: PullProgress) => void } = {},
  ): Promise<void> {
    await this.pulls.pull(this.catalogue.card(id), pullOptions);
    this.hashes.delete(id);
  }

  async load(id: string): Promise<void> {
    const card = this.catalogue.card(id);
    if (card.kind === 'lora') {
      throw new HeddleError(
        'model_wrong_kind',
        `'${id}' is an adapter: it is loaded with its base model '${card.baseModel ?? 'unknown'}'.`,
      );
    }
    await this.files.ready(card);
    const opened = this.loadedBy(card);
    await (opened.runtime === 'onnx' ? this.onnx : this.llama).load(opened);
  }

  async unload(id: string): Promise<void> {
    const { runtime: kind } = this.catalogue.card(id);
    const host = kind === 'onnx' ? this.onnx : this.llama;
    const inUse = host.state().models.find((model) => model.id === id)?.slotsInUse ?? 0;
    if (inUse > 0) {
      throw new HeddleError(
        'model_busy',
        `Model '${id}' is working for ${inUse === 1 ? 'a run' : `${inUse} runs`}: wait until it is done, or cancel it.`,
        { details: { model: id } },
      );
    }
    await host.unload(id);
  }

  async languageModel(id: string): Promise<LanguageModel> {
    const card = await this.ready(id, 'generate');
    const model = this.llama.languageModel(card);
    return { ...model, info: { ...model.info, ...(await this.hashesOf(card)) } };
  }

  async reranker(id: string): Promise<Reranker> {
    const card = onlyOnnx(await this.ready(id, 'rerank'));
    return { ...this.onnx.reranker(card), ...(await this.hashesOf(card)) };
  }

  async classifier(id: string): Promise<Classifier> {
    const card = await this.ready(id, 'classify');
    if (card.format !== 'head') return { ...this.onnx.classifier(onlyOnnx(card)), ...(await this.hashesOf(card)) };
    const head = await readHead((await this.files.ready(card)).get('weights') ?? '');
    return { ...createHeadClassifier(card, head, await this.embedder(baseOf(card))), ...(await this.hashesOf(card)) };
  }

  hosts(): readonly ModelHostState[] {
    return [this.llama.state(), this.onnx.state()];
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  async close(): Promise<void> {
    await Promise.all([this.llama.close(), this.onnx.close(), this.pulls.close()]);
  }

  async tokenizer(id: string): Promise<Tokenizer> {
    const card = this.catalogue.card(id);
    const known = this.tokenizers.get(id);
    if (known !== undefined) return known;
    const loading = createTokenizer(id, tokenizerOf(await this.files.ready(card), card));
    this.tokenizers.set(id, loading);
    loading.catch(() => this.tokenizers.delete(id));
    return loading;
  }

  /**
   * The card of a model of the right kind whose files are ready. The files of a loaded model are not checked again, so that the first token
   * does not wait for the disk.
   */
  private async ready(id: string, kind: ModelCard['kind']): Promise<ModelCard> {
    const card = this.catalogue.card(id);
    if (card.kind !== kind) throw wrongKind(card, kind);
    if (!this.onnx.isLoaded(id) && !this.llama.isLoaded(id)) await this.files.ready(card);
    return card;
  }

  /** The hashes of a ready model's files. They change only with a download. */
  private async hashesOf(card: ModelCard): Promise<ModelFiles> {
    const known = this.hashes.get(card.id) ?? (await modelHashes(this.files.folder(card.id), card));
    this.hashes.set(card.id, known);
    return known;
  }

  async embedder(id: string): Promise<Embedder> {
    const card = await this.ready(id, 'embed');
    const embedder = card.runtime === 'onnx' ? this.onnx.embedder(card) : this.llama.embedder(card);
    return { ...embedder, ...(await this.hashesOf(card)) };
  }

  /** The model to load for a card. For a head, this is its embedding model, which takes the memory; the head itself is read at each use. */
  private loadedBy(card: ModelCard): ModelCard {
    return card.format === 'head' ? this.catalogue.card(baseOf(card)) : card;
  }
}

function wrongKind(card: ModelCard, wanted: ModelCard['kind']): HeddleError {
  const doing = {
    generate: 'writes text',
    embed: 'makes vectors',
    rerank: 'ranks passages',
    classify: 'sorts text into labels',
    lora: 'adapts another model',
  };
  return new HeddleError(
    'model_wrong_kind',
    `Model '${card.id}' ${doing[card.kind]}; here a model is needed that ${doing[wanted]}.`,
    {
      details: { model: card.id, kind: card.kind, wanted },
    },
  );
}

function baseOf({ id, baseModel }: ModelCard): string {
  if (baseModel !== undefined) return baseModel;
  throw new HeddleError('model_file_invalid', `The head '${id}' names no embedding model: add its baseModel.`);
}

function onlyOnnx(card: ModelCard): ModelCard {
  if (card.runtime === 'onnx') return card;
  throw new HeddleError(
    'model_wrong_kind',
    `Model '${card.id}' runs in llama.cpp; rerankers and classifiers run in ONNX Runtime: use an ONNX export of it.`,
  );
}

interface PullCallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
}

interface Pulls {
  pull(card: ModelCard, options: PullCallOptions): Promise<void>;
  isPulling(id: string): boolean;
  close(): Promise<void>;
}

/** Manages the running downloads. Closing the hub stops them, and the downloaded parts are kept. */
function createPulls(
  files: ModelFileStore,
  options: ModelHubOptions,
  hub: ReturnType<typeof resolveSettings>['hub'],
  onChange: () => void,
): Pulls {
  const running = new Map<string, Set<Promise<void>>>();
  const stop = new AbortController();
  return {
    isPulling: (id) => running.has(id),
    async pull(card, { signal, onProgress }) {
      const work = pullModel(card, {
        files,
        hub,
        signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]),
        onProgress,
        freeBytes: options.freeBytes,
      });
      const others = running.get(card.id) ?? new Set();
      running.set(card.id, others.add(work));
      onChange();
      try {
        await work;
      } finally {
        others.delete(work);
        if (others.size === 0) running.delete(card.id);
        onChange();
      }
    },
    async close() {
      stop.abort();
      await Promise.allSettled([...running.values()].flatMap((works) => [...works]));
    },
  };
}
