import type { JsonObject } from '../values/json.js';
import type { Message, Usage } from '../values/values.js';
import type { Destination } from './destination.js';

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
  /** LoRA adapters by catalogue id, with their strength (local models only). */
  readonly adapters?: readonly { readonly id: string; readonly scale?: number }[];
}

/** Why a generation ended. A stream that ends without a reason is `incomplete`, never a success. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'stopped' | 'incomplete';

/** What a generation gives, in order; exactly one `end` comes last. */
export type GenerateEvent =
  | { readonly type: 'waiting'; readonly position: number }
  | { readonly type: 'started' }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'end'; readonly finishReason: FinishReason; readonly usage: Usage; readonly model: string };

/** What is known of a model before it is called. */
export interface LanguageModelInfo {
  readonly id: string;
  /** Tokens that prompt and answer share. */
  readonly contextTokens: number;
  readonly supports: { readonly schema: boolean; readonly tools: boolean; readonly images: boolean };
  readonly destination: Destination;
}

/** A model that writes text. Errors: `model_missing`, `context_too_long`, `model_host_lost`, `model_busy`, … */
export interface LanguageModel {
  readonly info: LanguageModelInfo;
  /** Generates; aborting the signal frees the model's sequence within a second. */
  generate(request: GenerateRequest, options: { readonly signal: AbortSignal }): AsyncIterable<GenerateEvent>;
  /** Tokens of the prompt as the model would read it, chat template included. */
  countTokens(messages: readonly Message[]): Promise<number>;
}
