import type { Connection, FileRef, FinishReason, GenerateRequest, JsonObject, TimeSource } from '@heddle/core';
import type { RerankReply } from './rerank/read-scores.js';
import type { RerankRequest } from './rerank/ask-server.js';
import type { Exchange } from './shared/exchange.js';

/** What a provider counted. Input tokens hold the cached ones, output tokens those of reasoning. */
export interface ProviderUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Read from the provider's cache. */
  readonly cachedTokens?: number | undefined;
  /** Written to it. */
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

/** What a provider says while it generates, in the order it comes; a tool call when it is whole. */
export type ProviderEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'usage'; readonly usage: ProviderUsage }
  | { readonly type: 'finish'; readonly reason: FinishReason };

/** A generation as a provider gets it. */
export interface ProviderRequest extends GenerateRequest {
  readonly model: string;
  /** The schema to enforce; left out where the answer is only asked for and checked here. */
  readonly schema?: JsonObject;
  /** Content of the files in the messages, by id. */
  readonly files: ReadonlyMap<string, LoadedFile>;
  readonly idempotencyKey?: string;
}

export interface LoadedFile {
  readonly ref: FileRef;
  readonly base64: string;
}

/** Whether a provider makes the answer fit a schema by itself: for certain, perhaps, or not at all. */
export type SchemaSupport = 'sure' | 'likely' | 'none';

/** One kind of API. Each function makes one try; queues, retries and limits lie around it. */
export interface Provider {
  generate(request: ProviderRequest, exchange: Exchange): AsyncIterable<ProviderEvent>;
  schemaSupport(schema: JsonObject): SchemaSupport;
  embed?(
    request: { readonly model: string; readonly texts: readonly string[]; readonly kind: 'query' | 'passage' },
    exchange: Exchange,
  ): Promise<{ readonly vectors: readonly (readonly number[])[]; readonly inputTokens: number | undefined }>;
  rerank?(request: RerankRequest, exchange: Exchange): Promise<RerankReply>;
  moderate?(
    request: { readonly model: string; readonly texts: readonly string[] },
    exchange: Exchange,
  ): Promise<readonly Readonly<Record<string, number>>[]>;
  /** Names of the models that this key may use. */
  models(exchange: Exchange): Promise<readonly string[]>;
}

/** Makes the provider of a connection; its client library is loaded then. */
export type ProviderFactory = (connection: Connection, clock: Pick<TimeSource, 'now'>) => Promise<Provider>;
