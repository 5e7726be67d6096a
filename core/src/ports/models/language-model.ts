import type { JsonObject } from '../../values/json/json.js';
import type { Message, Usage } from '../../values/values.js';
import type { ModelPrice } from '../connection.js';
import type { Destination } from '../destination.js';
import type { TraceparentFor } from '../trace.js';

/** A tool that a model may call. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: JsonObject;
}

/** A generation request, the same for local and remote models. */
export interface GenerateRequest {
  readonly messages: readonly Message[];
  /** Maximum number of output tokens. */
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  /** JSON schema of the output. */
  readonly schema?: JsonObject;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string };
  /** Whether the model may call several tools in one reply. Default true. */
  readonly parallelToolCalls?: boolean;
  /** Reasoning effort; models without reasoning ignore it. */
  readonly reasoning?: 'none' | 'low' | 'medium' | 'high';
  /** LoRA adapters by catalogue id, with their strength (local models only). */
  readonly adapters?: readonly { readonly id: string; readonly scale?: number }[];
}

/** Why a generation ended. A stream that ends without a reason is `incomplete`, never a success. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'stopped' | 'incomplete';

/** The events of a generation, in order; the last one is always `end`. Its usage includes the cost if a price is known. */
export type GenerateEvent =
  | { readonly type: 'waiting'; readonly position: number }
  | { readonly type: 'started' }
  /** The call failed and will be retried at `dueAt` (epoch milliseconds): after `Retry-After`, or after a backoff with jitter. */
  | { readonly type: 'retrying'; readonly dueAt: number; readonly attempt: number; readonly reason: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'end'; readonly finishReason: FinishReason; readonly usage: Usage; readonly model: string };

/** Hashes of the files of a local model, for records. */
export interface ModelFiles {
  /** `sha256:<hex>` of the weights, from the model card or computed at first use. */
  readonly fileHash?: string;
  /** `sha256:<hex>` of a canonical JSON object that maps each file name to its SHA-256. */
  readonly manifestHash?: string;
}

/** What is known about a model before a call. */
export interface LanguageModelInfo extends ModelFiles {
  readonly id: string;
  /** Maximum tokens of prompt and answer together. */
  readonly contextTokens: number;
  /** Maximum tokens of an answer, if the provider sets one. */
  readonly maxOutputTokens?: number;
  readonly supports: {
    readonly schema: boolean;
    readonly tools: boolean;
    readonly images: boolean;
    readonly reasoning?: boolean;
  };
  /** Missing for local models, and if the price is not known. */
  readonly price?: ModelPrice;
  readonly destination: Destination;
}

/** Options of `generate`. */
export interface GenerateOptions {
  readonly signal: AbortSignal;
  /** Sent to providers that support it, so that a retry is not billed twice. */
  readonly idempotencyKey?: string;
  readonly traceparent?: TraceparentFor | undefined;
  /**
   * Allows the call to suspend the execution until a provider batch answers it, if the run asked for batches. Set it only for the single
   * call of an execution whose text nobody waits for: in a tool loop, each call would wait for a batch of its own.
   */
  readonly mayWait?: boolean;
}

/** How a provider answers the calls of a model in batches: later, and at a lower price. */
export interface BatchedModel {
  /** The API that answers the calls, such as `/v1/responses`. All calls of a batch have the same endpoint. */
  readonly endpoint: string;
  /** The price of calls in a batch; missing if it is not known. */
  readonly price?: ModelPrice | undefined;
  /** Returns the body of a call as JSON. Errors: those of the files that the request names. */
  prepare(request: GenerateRequest): Promise<string>;
  /** Reads the JSON of a batch answer as events, like those of `generate`. Errors: `provider_reply_invalid`, `schema_mismatch`. */
  read(answer: string, request: GenerateRequest): AsyncIterable<GenerateEvent>;
}

/**
 * A model that generates text, local or at a provider. Errors: `model_missing`, `context_too_long`, `model_host_lost`, `model_busy`,
 * `provider_unauthorized`, `provider_rate_limited`, `provider_failed`, `provider_refused`, `provider_timeout`, `circuit_open`, …
 */
export interface LanguageModel {
  readonly info: LanguageModelInfo;
  /** Generates text. After the signal aborts, the model's sequence is freed or the connection closed within a second. */
  generate(request: GenerateRequest, options: GenerateOptions): AsyncIterable<GenerateEvent>;
  /** Missing if the provider has no batches. */
  readonly batched?: BatchedModel | undefined;
  /** Returns the number of prompt tokens for this model, including its chat template. */
  countTokens(messages: readonly Message[]): Promise<number>;
}
