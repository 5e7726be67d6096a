import type { FileRef, FinishReason, GenerateRequest, JsonObject } from '@heddle/core';
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

/** One call of a batch: a name that is unique in it, and the body as JSON. */
export interface BatchLine {
  readonly id: string;
  readonly body: string;
}

/** What a provider says about a batch. */
export interface BatchCheck {
  /** Whether it is over: what has no answer then gets none. */
  readonly hasEnded: boolean;
  /** Why it failed as a whole. */
  readonly problem?: string | undefined;
}

/** What a provider says about one call of a batch. */
export interface BatchAnswer {
  readonly id: string;
  /** The answer, as JSON. */
  readonly answer?: string;
  readonly error?: {
    readonly message: string;
    /** The setting that the provider refused. */
    readonly setting?: string | undefined;
    /** Whether the same call may succeed in another batch. */
    readonly passes: boolean;
  };
}

/** A batch of ours, as a provider is asked for it. */
export interface OwnBatch {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly calls: number;
}

/** A provider's batches: calls that it answers later and for less. Each function makes one try. */
export interface ProviderBatches {
  /** The body of a call. */
  body(request: ProviderRequest): object;
  /** Reads an answer. */
  read(answer: unknown): AsyncIterable<ProviderEvent>;
  /** The body without a setting that the provider refused; undefined where the call needs it. */
  without(body: string, setting: string): string | undefined;
  /** Sends the calls where they are not sent with the batch itself; returns a name for `submit`. Repeating it does no harm. */
  upload?(id: string, lines: readonly BatchLine[], exchange: Exchange): Promise<string>;
  /** Makes the batch, with our id in it, and returns the provider's. Repeating it makes another one. */
  submit(
    batch: OwnBatch,
    calls: { readonly uploaded?: string; readonly lines: readonly BatchLine[] },
    exchange: Exchange,
  ): Promise<string>;
  /** Searches for a batch of ours by our id: the provider's id, `none`, or `unknown` where only its end will tell. `others` are known to be of others. */
  find(
    batch: OwnBatch,
    others: ReadonlySet<string>,
    exchange: Exchange,
  ): Promise<{ readonly id: string } | 'none' | 'unknown'>;
  check(id: string, exchange: Exchange): Promise<BatchCheck>;
  /** The answers of a batch that has ended, in any order. */
  answers(id: string, exchange: Exchange): AsyncIterable<BatchAnswer>;
  cancel(id: string, exchange: Exchange): Promise<void>;
  /** Removes what the provider still keeps of a batch that was read. */
  remove(id: string, exchange: Exchange): Promise<void>;
}

/** One kind of API. Each function makes one try; queues, retries and limits lie around it. */
export interface Provider {
  generate(request: ProviderRequest, exchange: Exchange): AsyncIterable<ProviderEvent>;
  schemaSupport(schema: JsonObject): SchemaSupport;
  readonly batches?: ProviderBatches | undefined;
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
