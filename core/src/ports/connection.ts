import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { NetworkZone } from './cluster/needs.js';

/** The protocol of a connection. Presets of `openai-compatible` are data: see `ConnectionPreset`. */
export const ConnectionKind = z
  .enum(['openai', 'azure-openai', 'anthropic', 'google', 'openai-compatible'])
  .meta({ id: 'ConnectionKind' });
export type ConnectionKind = z.infer<typeof ConnectionKind>;

/** The price of a model of a connection, in money per million tokens. */
export const ModelPrice = z
  .object({
    /** The name of the model at the provider; a trailing `*` matches every name with this prefix. */
    model: z.string().min(1).max(256),
    inputPerMillion: z.number().nonnegative(),
    outputPerMillion: z.number().nonnegative(),
    /** For input tokens from the provider's cache; without it, the input price is used. */
    cachedPerMillion: z.number().nonnegative().optional(),
    /**
     * For input tokens that are written to the provider's cache. Without it, the provider's current surcharge is added to the input price.
     */
    cacheWritePerMillion: z.number().nonnegative().optional(),
    /** Price of 1,000 searches, for rerankers that are billed by search. */
    perThousandSearches: z.number().nonnegative().optional(),
    /** ISO 4217. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, { error: 'Write three capital letters, such as USD or EUR' })
      .default('USD'),
    /** The day of the price, `YYYY-MM-DD`. */
    asOf: z.iso.date(),
  })
  .meta({ id: 'ModelPrice' });
export type ModelPrice = z.infer<typeof ModelPrice>;

/** What is known about a remote model without calling it. */
export const RemoteModelCard = z
  .object({
    name: z.string().min(1).max(256),
    kind: z.enum(['generate', 'embed', 'rerank', 'moderate']).default('generate'),
    contextTokens: z.int().positive().optional(),
    maxOutputTokens: z.int().positive().optional(),
    dimensions: z.int().positive().optional(),
    supports: z
      .object({ schema: z.boolean(), tools: z.boolean(), images: z.boolean(), reasoning: z.boolean() })
      .partial()
      .default({}),
  })
  .meta({ id: 'RemoteModelCard' });
export type RemoteModelCard = z.infer<typeof RemoteModelCard>;

/** Workflows refer to a model of a connection as `connection/model`. */
const connectionIdPattern = /^[a-z][a-z0-9-]{0,63}$/;

/** An address and a key of a provider. The key is stored as a secret and never leaves the server. */
export const Connection = z
  .object({
    id: z
      .string()
      .regex(connectionIdPattern, { error: 'Lower-case letters, digits and -, at most 64, starting with a letter' }),
    title: z.string().max(200).default(''),
    kind: ConnectionKind,
    /** The preset that it was created from, for its icon and its help. */
    preset: z.string().max(64).optional(),
    /** Required for `azure-openai` and `openai-compatible`. Default for other kinds: the provider's own address. */
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional(),
    /** Only for Azure OpenAI. */
    apiVersion: z.string().max(64).optional(),
    /** For OpenAI kinds: the API that generates text. Default: `responses` at OpenAI's own address, `chat` elsewhere. */
    api: z.enum(['responses', 'chat']).optional(),
    /** When prompts are marked for the provider's cache: never (`off`), when that saves money (`auto`), or always. */
    promptCache: z.enum(['off', 'auto', 'always']).default('auto'),
    /** Where the data is processed, such as `eu`. It is only shown to people and written to the audit log. */
    region: z.string().max(64).optional(),
    /** The network zone that reaches it: runs that use it go to processes of this zone (`HEDDLE_WORKER_ZONE`). Missing: every process reaches it. */
    zone: NetworkZone.optional(),
    /** The clearance: data with a higher label must not be sent here. */
    clearance: LabelLevel.default('internal'),
    /** Whether the server runs on this machine or in this network. Its calls then count as local, for example in the what-if panel. */
    isLocal: z.boolean().default(false),
    prices: z.array(ModelPrice).max(1000).default([]),
    models: z.array(RemoteModelCard).max(1000).default([]),
    limits: z
      .object({
        requestsPerMinute: z.int().positive().optional(),
        tokensPerMinute: z.int().positive().optional(),
        concurrency: z.int().positive().max(10_000).default(16),
      })
      .default({ concurrency: 16 }),
    timeouts: z
      .object({
        /** Milliseconds until the reply begins. */
        connectMs: z.int().positive().max(600_000).default(30_000),
        /** Milliseconds without data inside a stream. */
        idleMs: z.int().positive().max(600_000).default(60_000),
        /** Milliseconds for a whole call. */
        totalMs: z.int().positive().max(3_600_000).default(600_000),
      })
      .default({ connectMs: 30_000, idleMs: 60_000, totalMs: 600_000 }),
    /** Total attempts of a retryable call, including the first. */
    attempts: z.int().min(1).max(10).default(3),
    isEnabled: z.boolean().default(true),
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

/** A well-known compatible server, as a template for a connection. */
export interface ConnectionPreset {
  readonly id: string;
  readonly title: string;
  readonly kind: ConnectionKind;
  readonly baseUrl: string | undefined;
  readonly needsKey: boolean;
  readonly isLocal: boolean;
  /** One sentence: where to get a key, or how to start the server. */
  readonly hint: string;
}

/** The result of a minimal test call to a connection. */
export const ConnectionTest = z
  .object({
    isReachable: z.boolean(),
    /** Duration of the call in milliseconds. */
    ms: z.number().nonnegative(),
    /** Names of the models that the provider lists for this key. */
    models: z.array(z.string()),
    code: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** State of the circuit breaker of a connection: `open` refuses calls until a test call succeeds. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** Stores connections. */
export interface ConnectionStore {
  list(): Promise<readonly Connection[]>;
  /** Errors: `connection_not_found`. */
  get(id: string): Promise<Connection>;
  /** Adds a new connection and deletes a key that an earlier connection with this id left behind. Errors: `conflict` if the id exists. */
  add(connection: Connection): Promise<void>;
  save(connection: Connection): Promise<void>;
  /** Removes a connection with its key. Errors: `connection_not_found`. */
  delete(id: string): Promise<void>;
}

/** Keys of connections, encrypted at rest. Only code inside the server reads and writes their values. */
export interface SecretVault {
  has(name: string): Promise<boolean>;
  set(name: string, value: string): Promise<void>;
  /** Errors: `secret_not_found`. */
  get(name: string): Promise<string>;
  delete(name: string): Promise<void>;
}

/** Returns the name of the secret that holds a connection's key. */
export const connectionSecret = (id: string): string => `connection.${id}`;

/**
 * Splits a model id from a config: `openai/gpt-5` is the model `gpt-5` of the connection `openai`. An id without a slash is a local model.
 *
 * @example splitModelId('hub/meta/llama') // { connection: 'hub', model: 'meta/llama' }
 */
export function splitModelId(id: string): { readonly connection: string | undefined; readonly model: string } {
  const slash = id.indexOf('/');
  return slash < 0
    ? { connection: undefined, model: id }
    : { connection: id.slice(0, slash), model: id.slice(slash + 1) };
}
