import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';

/** How a connection is spoken to. Presets of `openai-compatible` are data: see `ConnectionPreset`. */
export const ConnectionKind = z
  .enum(['openai', 'azure-openai', 'anthropic', 'google', 'openai-compatible'])
  .meta({ id: 'ConnectionKind' });
export type ConnectionKind = z.infer<typeof ConnectionKind>;

/** What a model of a connection costs, in money a million tokens. */
export const ModelPrice = z
  .object({
    /** The model's name at the provider; a trailing `*` covers every name that begins so. */
    model: z.string().min(1).max(256),
    inputPerMillion: z.number().nonnegative(),
    outputPerMillion: z.number().nonnegative(),
    /** For input tokens that the provider read from its cache; the input price where it is left out. */
    cachedPerMillion: z.number().nonnegative().optional(),
    /** ISO 4217. */
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, { error: 'Write three capital letters, such as USD or EUR' })
      .default('USD'),
    /** The day the price was looked up, `YYYY-MM-DD`. */
    asOf: z.iso.date(),
  })
  .meta({ id: 'ModelPrice' });
export type ModelPrice = z.infer<typeof ModelPrice>;

/** What is known of a model of a connection without asking it. */
export const RemoteModelCard = z
  .object({
    name: z.string().min(1).max(256),
    kind: z.enum(['generate', 'embed', 'moderate']).default('generate'),
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

/** Ids of connections; a model of one is named `connection/model` in configs (design §8). */
const connectionIdPattern = /^[a-z][a-z0-9-]{0,63}$/;

/** A named way to a provider. Its key is a secret apart, which never leaves the server. */
export const Connection = z
  .object({
    id: z
      .string()
      .regex(connectionIdPattern, { error: 'Lower-case letters, digits and -, at most 64, starting with a letter' }),
    title: z.string().max(200).default(''),
    kind: ConnectionKind,
    /** The preset it was made from, for its icon and its help. */
    preset: z.string().max(64).optional(),
    /** Needed for `azure-openai` and `openai-compatible`; else the provider's own address. */
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .max(2048)
      .optional(),
    /** Azure OpenAI: version of its API. */
    apiVersion: z.string().max(64).optional(),
    /** Where the data is worked on, for people and the audit record, such as `eu`. */
    region: z.string().max(64).optional(),
    /** Nothing above this level may be sent here (design §5). */
    ceiling: LabelLevel.default('internal'),
    /** Whether the server behind it runs on this machine or in this network: what `share local` counts. */
    isLocal: z.boolean().default(false),
    prices: z.array(ModelPrice).max(1000).default([]),
    models: z.array(RemoteModelCard).max(1000).default([]),
    limits: z
      .object({
        requestsPerMinute: z.int().positive().optional(),
        tokensPerMinute: z.int().positive().optional(),
        /** Calls at once. */
        concurrency: z.int().positive().max(10_000).default(16),
      })
      .default({ concurrency: 16 }),
    timeouts: z
      .object({
        /** Milliseconds until the reply begins. */
        connectMs: z.int().positive().max(600_000).default(30_000),
        /** Milliseconds of silence inside a stream. */
        idleMs: z.int().positive().max(600_000).default(60_000),
        /** Milliseconds for a whole call. */
        totalMs: z.int().positive().max(3_600_000).default(600_000),
      })
      .default({ connectMs: 30_000, idleMs: 60_000, totalMs: 600_000 }),
    /** Tries of a call that may succeed when made again, the first one included. */
    attempts: z.int().min(1).max(10).default(3),
    isEnabled: z.boolean().default(true),
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof Connection>;

/** A compatible server that many people run, as a starting point for a connection. */
export interface ConnectionPreset {
  readonly id: string;
  readonly title: string;
  readonly kind: ConnectionKind;
  readonly baseUrl: string | undefined;
  readonly needsKey: boolean;
  readonly isLocal: boolean;
  /** Where to get a key or how to start the server, in a sentence. */
  readonly hint: string;
}

/** What a minimal real call to a connection gave. */
export const ConnectionTest = z
  .object({
    isReachable: z.boolean(),
    /** Milliseconds of the call. */
    ms: z.number().nonnegative(),
    /** Names of the models that the provider lists for this key. */
    models: z.array(z.string()),
    code: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** State of the circuit breaker of a connection: `open` refuses calls until a trial succeeds. */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** Where connections are kept. */
export interface ConnectionStore {
  list(): Promise<readonly Connection[]>;
  /** Errors: `connection_not_found`. */
  get(id: string): Promise<Connection>;
  /** Creates or replaces. */
  save(connection: Connection): Promise<void>;
  /** Errors: `connection_not_found`. */
  delete(id: string): Promise<void>;
}

/** Keys of connections, encrypted at rest. A value goes in and comes out only inside the server. */
export interface SecretVault {
  has(name: string): boolean;
  set(name: string, value: string): Promise<void>;
  /** Errors: `secret_not_found`. */
  get(name: string): Promise<string>;
  delete(name: string): Promise<void>;
}

/** The name of the secret that holds a connection's key. */
export const connectionSecret = (id: string): string => `connection.${id}`;

/**
 * Splits a model id of a config: `openai/gpt-5` is the model `gpt-5` of the connection `openai`; one without a slash is a model of this machine.
 *
 * @example splitModelId('hub/meta/llama') // { connection: 'hub', model: 'meta/llama' }
 */
export function splitModelId(id: string): { readonly connection: string | undefined; readonly model: string } {
  const slash = id.indexOf('/');
  return slash < 0
    ? { connection: undefined, model: id }
    : { connection: id.slice(0, slash), model: id.slice(slash + 1) };
}
