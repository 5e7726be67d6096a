import {
  HeddleError,
  type Classifier,
  type Embedder,
  type LanguageModel,
  type ModelCard,
  type ModelFiles,
  type ModelHub,
  type PullProgress,
  type Reranker,
  type Tokenizer,
} from '@heddle/core';
import { openCatalogue } from '../catalogue/catalogue.js';
import { createHeaderReader } from '../files/read-header.js';
import { createModelFileStore, type ModelFileStore } from '../files/model-files.js';
import { modelHashes } from '../files/model-hashes.js';
import { pullModel } from '../files/pull-model.js';
import { createHeadClassifier } from '../head/head-classifier.js';
import { readHead } from '../head/head-file.js';
import { createTokenizer } from '../tokenizers/create-tokenizer.js';
import { createLlamaRuntime } from './llama-runtime.js';
import { type MemoryBudget } from './model-loader.js';
import { createOnnxRuntime, tokenizerOf, type RuntimeOptions } from './onnx-runtime.js';
import { createStateReader } from './model-state.js';
import { resolveSettings, type ModelLog, type ModelSettings } from './settings.js';

export interface ModelHubOptions {
  /** HEDDLE_MODELS: shared by every data folder. */
  readonly modelsFolder: string;
  /** HEDDLE_DATA: users' entries and GPU runtimes live there. */
  readonly dataFolder: string;
  readonly settings?: ModelSettings;
  readonly log?: ModelLog;
  /** Free bytes of the disk of a folder; the system's own by default. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const silent: ModelLog = { info: () => undefined, warn: () => undefined };

/**
 * The models of this machine: what there is, downloads, and the processes that run them.
 *
 * @example const hub = createModelHub({ modelsFolder: defaultModelsFolder(), dataFolder: '.heddle' });
 */
export function createModelHub(options: ModelHubOptions): ModelHub {
  const catalogue = openCatalogue(options.dataFolder);
  const settings = resolveSettings(options.settings ?? {});
  const watchers = new Set<() => void>();
  const onChange = (): void => watchers.forEach((watcher) => watcher());
  const memory: MemoryBudget = { limitMb: settings.memoryMb, loaders: new Set() };
  const files = createModelFileStore(options.modelsFolder);
  const runtime: RuntimeOptions = {
    files,
    settings,
    memory,
    log: options.log ?? silent,
    onChange,
  };
  const llama = createLlamaRuntime({ ...runtime, dataFolder: options.dataFolder, card: (id) => catalogue.card(id) });
  const tokenizers = new Map<string, Promise<Tokenizer>>();
  const tokenizerOfId = async (id: string): Promise<Tokenizer> => {
    const card = catalogue.card(id);
    const known = tokenizers.get(id);
    if (known !== undefined) return known;
    const loading = createTokenizer(id, tokenizerOf(await files.ready(card), card));
    tokenizers.set(id, loading);
    loading.catch(() => tokenizers.delete(id));
    return loading;
  };
  const onnx = createOnnxRuntime(runtime, () => llama.isGenerating(), tokenizerOfId);
  const pulls = createPulls(files, options, settings.hub, onChange);
  const stateOf = createStateReader({ files, readHeader: createHeaderReader(), onChange });
  /** A card of the right kind whose files are here. Those of an open model were looked at: the first token does not wait for the disk. */
  const ready = async (id: string, kind: ModelCard['kind']): Promise<ModelCard> => {
    const card = catalogue.card(id);
    if (card.kind !== kind) throw wrongKind(card, kind);
    if (!onnx.isLoaded(id) && !llama.isLoaded(id)) await files.ready(card);
    return card;
  };
  const hashes = new Map<string, ModelFiles>();
  /** The files of a model that is ready, by hash; they change with a download only. */
  const hashesOf = async (card: ModelCard): Promise<ModelFiles> => {
    const known = hashes.get(card.id) ?? (await modelHashes(files.folder(card.id), card));
    hashes.set(card.id, known);
    return known;
  };
  const embedderOf = async (id: string): Promise<Embedder> => {
    const card = await ready(id, 'embed');
    const embedder = card.runtime === 'onnx' ? onnx.embedder(card) : llama.embedder(card);
    return { ...embedder, ...(await hashesOf(card)) };
  };
  /** What opens and closes for a model: a head is read with each use, its embedding model is what takes memory. */
  const loadedBy = (card: ModelCard): ModelCard => (card.format === 'head' ? catalogue.card(baseOf(card)) : card);
  return {
    list: () =>
      Promise.all(
        catalogue.cards().map((card) =>
          stateOf(card, {
            isLoaded: onnx.isLoaded(card.id) || llama.isLoaded(card.id),
            isPulling: pulls.isPulling(card.id),
            isOwn: catalogue.isOwn(card.id),
          }),
        ),
      ),
    card: (id) => catalogue.card(id),
    async add(card) {
      await catalogue.add(card);
      onChange();
    },
    async pull(id, pullOptions = {}) {
      await pulls.pull(catalogue.card(id), pullOptions);
      hashes.delete(id);
    },
    async load(id) {
      const card = catalogue.card(id);
      if (card.kind === 'lora') {
        throw new HeddleError(
          'model_wrong_kind',
          `'${id}' is an adapter: it is loaded with its base model '${card.baseModel ?? 'unknown'}'.`,
        );
      }
      await files.ready(card);
      const opened = loadedBy(card);
      await (opened.runtime === 'onnx' ? onnx : llama).load(opened);
    },
    async unload(id) {
      const { runtime: kind } = catalogue.card(id);
      const host = kind === 'onnx' ? onnx : llama;
      const inUse = host.state().models.find((model) => model.id === id)?.slotsInUse ?? 0;
      if (inUse > 0) {
        throw new HeddleError(
          'model_busy',
          `Model '${id}' is working for ${inUse === 1 ? 'a run' : `${inUse} runs`}: wait until it is done, or cancel it.`,
          { details: { model: id } },
        );
      }
      await host.unload(id);
    },
    async languageModel(id): Promise<LanguageModel> {
      const card = await ready(id, 'generate');
      const model = llama.languageModel(card);
      return { ...model, info: { ...model.info, ...(await hashesOf(card)) } };
    },
    embedder: embedderOf,
    async reranker(id): Promise<Reranker> {
      const card = onlyOnnx(await ready(id, 'rerank'));
      return { ...onnx.reranker(card), ...(await hashesOf(card)) };
    },
    async classifier(id): Promise<Classifier> {
      const card = await ready(id, 'classify');
      if (card.format !== 'head') return { ...onnx.classifier(onlyOnnx(card)), ...(await hashesOf(card)) };
      const head = await readHead((await files.ready(card)).get('weights') ?? '');
      return { ...createHeadClassifier(card, head, await embedderOf(baseOf(card))), ...(await hashesOf(card)) };
    },
    tokenizer: tokenizerOfId,
    hosts: () => [llama.state(), onnx.state()],
    watch(watcher) {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    async close() {
      await Promise.all([llama.close(), onnx.close(), pulls.close()]);
    },
  };
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
    `Model '${card.id}' runs in llama.cpp; rerankers and classifiers run in ONNX Runtime: take an ONNX export of it.`,
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

/** Downloads that run: the end of the hub stops them, and what was fetched is kept. */
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
        ...(options.freeBytes === undefined ? {} : { freeBytes: options.freeBytes }),
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
