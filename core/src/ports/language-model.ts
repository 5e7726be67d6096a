import type { JsonObject } from '../values/json.js';
import type { Message, Usage } from '../values/values.js';
import type { ModelPrice } from './connection.js';
import type { Destination } from './destination.js';
import type { TraceparentFor } from './trace.js';

/** A tool that a model may ask for. */
export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: JsonObject;
}

/** What to generate, the same for local and remote models. */
export interface GenerateRequest {
  readonly messages: readonly Message[];
  /** Most tokens to write. */
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  /** JSON schema that the text must fit. */
  readonly schema?: JsonObject;
  readonly tools?: readonly ToolDefinition[];
  readonly toolChoice?: 'auto' | 'none' | 'required' | { readonly name: string };
  /** Whether the model may ask for several tools at once. Default true. */
  readonly parallelToolCalls?: boolean;
  /** How much a reasoning model should think; others ignore it. */
  readonly reasoning?: 'none' | 'low' | 'medium' | 'high';
  /** LoRA adapters by catalogue id, with their strength (local models only). */
  readonly adapters?: readonly { readonly id: string; readonly scale?: number }[];
}

/** Why a generation ended. A stream that ends without a reason is `incomplete`, never a success. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'stopped' | 'incomplete';

/** What a generation gives, in order; exactly one `end` comes last. Usage of `end` holds the cost where a price is known. */
export type GenerateEvent =
  | { readonly type: 'waiting'; readonly position: number }
  | { readonly type: 'started' }
  /** The call failed and is made again at a time (epoch milliseconds): `Retry-After`, or backoff with jitter. */
  | { readonly type: 'retrying'; readonly dueAt: number; readonly attempt: number; readonly reason: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'end'; readonly finishReason: FinishReason; readonly usage: Usage; readonly model: string };

/** Of a model of this machine: which files answer, for records. */
export interface ModelFiles {
  /** `sha256:<hex>` of its weights, as its card names them or as they were first seen. */
  readonly fileHash?: string;
  /** `sha256:<hex>` of the canonical JSON of the SHA-256 of all its files by name. */
  readonly manifestHash?: string;
}

/** What is known of a model before it is called. */
export interface LanguageModelInfo extends ModelFiles {
  readonly id: string;
  /** Tokens that prompt and answer share. */
  readonly contextTokens: number;
  /** Most tokens of an answer, where the provider has such a bound. */
  readonly maxOutputTokens?: number;
  readonly supports: {
    readonly schema: boolean;
    readonly tools: boolean;
    readonly images: boolean;
    readonly reasoning?: boolean;
  };
  /** What it costs; left out for local models and where no price is known. */
  readonly price?: ModelPrice;
  readonly destination: Destination;
}

export interface GenerateOptions {
  readonly signal: AbortSignal;
  /** Sent to providers that take one, so that a call made again is not billed twice. */
  readonly idempotencyKey?: string;
  /** The trace that the call is a part of. */
  readonly traceparent?: TraceparentFor | undefined;
}

/**
 * A model that writes text, here or at a provider. Errors: `model_missing`, `context_too_long`, `model_host_lost`, `model_busy`,
 * `provider_unauthorized`, `provider_rate_limited`, `provider_failed`, `provider_refused`, `provider_timeout`, `circuit_open`, …
 */
export interface LanguageModel {
  readonly info: LanguageModelInfo;
  /** Generates; aborting the signal frees the model's sequence, or closes the connection, within a second. */
  generate(request: GenerateRequest, options: GenerateOptions): AsyncIterable<GenerateEvent>;
  /** Tokens of the prompt as the model would read it, chat template included. */
  countTokens(messages: readonly Message[]): Promise<number>;
}
