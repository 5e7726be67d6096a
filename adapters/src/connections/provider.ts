import type { FileRef, FinishReason, GenerateRequest, JsonObject } from '@heddle/core';
import type { RerankReply } from './rerank/read-scores.js';
import type { RerankRequest } from './rerank/ask-server.js';
import type { Exchange } from './shared/exchange.js';

/** The token counts of a provider. Input tokens include cached ones, output tokens include reasoning. */
export interface ProviderUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

/** What a provider yields while it generates, in order; a tool call once it is complete. */
export type ProviderEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'usage'; readonly usage: ProviderUsage }
  | { readonly type: 'finish'; readonly reason: FinishReason };

export interface ProviderRequest extends GenerateRequest {
  readonly model: string;
  /** The schema to enforce; undefined if the prompt asks for it and the answer is checked here. */
  readonly schema?: JsonObject;
  /** The content of the files in the messages, by id. */
  readonly files: ReadonlyMap<string, LoadedFile>;
  readonly idempotencyKey?: string;
}

export interface LoadedFile {
  readonly ref: FileRef;
  readonly base64: string;
}

/** Whether a provider makes an answer fit a schema: certainly, perhaps, or not at all. */
export type SchemaSupport = 'sure' | 'likely' | 'none';

/** One call of a batch: an id that is unique in the batch, and the body as JSON. */
export interface BatchLine {
  readonly id: string;
  readonly body: string;
}

export interface BatchCheck {
  /** Whether the batch has ended; calls without an answer then get none. */
  readonly hasEnded: boolean;
  /** Why the whole batch failed. */
  readonly problem?: string | undefined;
}

export interface BatchAnswer {
  readonly id: string;
  readonly answer?: string;
  readonly error?: {
    readonly message: string;
    readonly setting?: string | undefined;
    /** Whether the same call may succeed in another batch. */
    readonly passes: boolean;
  };
}

/** A batch that Heddle submits or searches for. */
export interface OwnBatch {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly calls: number;
}

/** A provider's batches: calls that it answers later and for less. Each function makes one attempt. */
export interface ProviderBatches {
  body(request: ProviderRequest): object;
  read(answer: unknown): AsyncIterable<ProviderEvent>;
  /** The body without a setting that the provider refused; undefined if the call needs the setting. */
  without(body: string, setting: string): string | undefined;
  /** Uploads the calls, if they are not sent with the batch itself; returns a name for `submit`. Repeating it does no harm. */
  upload?(id: string, lines: readonly BatchLine[], exchange: Exchange): Promise<string>;
  /** Creates the batch with our id in it and returns the provider's id. Repeating it creates another batch. */
  submit(
    batch: OwnBatch,
    calls: { readonly uploaded?: string; readonly lines: readonly BatchLine[] },
    exchange: Exchange,
  ): Promise<string>;
  /**
   * Searches for a batch by our id. Returns the provider's id, `none`, or `unknown` if only the end of a running batch will tell. `others`
   * are the ids of batches that are known to be different ones.
   */
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

/** One kind of model API. Each function makes one attempt; queues, retries and limits are built around it. */
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
