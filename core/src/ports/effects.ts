import { z } from 'zod';
import type { Label, LabelLevel } from '../labels/label.js';
import type { JsonObject } from '../values/json/json.js';
import type { Citation, FileRef, Message } from '../values/values.js';
import type { Destination } from './destination.js';
import type { FinishReason, GenerateRequest, ToolDefinition } from './models/language-model.js';
import type { SecretSignIn } from './secrets/secret-handle.js';
import type { TraceparentFor } from './trace.js';

/** A request through the safe fetch, which checks every address before and after name resolution, also after a redirect. */
export interface SafeRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Maximum size of the reply in bytes. Default 5 MB. */
  readonly maxBytes?: number;
  /** Timeout of the whole exchange in milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Whether only the status matters: redirects are returned instead of followed, and the body may be truncated at `maxBytes`. */
  readonly isNotice?: boolean;
  /** A secret in one header, sent only to the allowed hosts of the secret. The value is removed from the reply. */
  readonly signIn?: SecretSignIn;
  readonly signal?: AbortSignal;
}

/** The reply of a safe fetch. */
export interface SafeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The address of the reply, after redirects. */
  readonly url: string;
}

/**
 * Fetches addresses that users enter. Errors: `fetch_blocked`, `fetch_failed`, `fetch_too_large`, `fetch_timeout`; with `signIn` also
 * `secret_not_found`, `secret_host_refused`, `secret_needs_host`.
 */
export interface SafeFetch {
  readonly destination: Destination;
  fetch(request: SafeRequest): Promise<SafeResponse>;
}

/** Runs JavaScript from users without access to anything outside. */
export interface Sandbox {
  /** `code` is the body of a function with the parameter `input`. It must return JSON. Errors: `code_error`, `code_timeout`, `code_memory`. */
  run(
    code: string,
    input: unknown,
    options?: {
      readonly timeoutMs?: number;
      readonly memoryMb?: number;
      /** The owner of the code. Groups share the sandbox fairly. */
      readonly group?: string;
      readonly signal?: AbortSignal;
    },
  ): Promise<unknown>;
}

/** Content-addressed storage for files and large values. */
export interface Blobs {
  put(content: Uint8Array, options: { readonly name: string; readonly mediaType: string }): Promise<FileRef>;
  /** Errors: `blob_not_found`. */
  get(id: string): Promise<Uint8Array>;
  has(id: string): Promise<boolean>;
}

/** One turn of a stored conversation. */
export interface MemoryTurn {
  readonly message: Message;
  /** The label of the data that the turn was made from. A run that reads the turn gets at least this label. */
  readonly label: Label;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly run?: string | undefined;
  readonly citations?: readonly Citation[] | undefined;
}

/** A turn to add. */
export type NewTurn = Pick<MemoryTurn, 'message' | 'label'>;

/** A stored conversation: a summary of its earlier turns, and the turns after it. */
export interface Conversation {
  readonly turns: readonly MemoryTurn[];
  /** `turns`: number of turns before `turns[0]` that the summary replaces. */
  readonly summary: { readonly text: string; readonly label: Label; readonly turns: number } | undefined;
}

/**
 * The conversation that a run continues. The channel chooses it; nothing in the run can select another one. Errors: `thread_not_found` if
 * it was erased meanwhile.
 */
export interface Memory {
  /** Returns the newest turns, at most `limit` (default: all after the summary). */
  read(options?: { readonly limit?: number }): Promise<Conversation>;
  /** Adds turns once: a repeated call with the same key changes nothing. */
  append(turns: readonly NewTurn[], options: { readonly idempotencyKey: string }): Promise<void>;
  /** Replaces the oldest `turns` turns after the last summary with a text. */
  summarise(summary: { readonly text: string; readonly label: Label; readonly turns: number }): Promise<void>;
}

/** A cached result. */
export interface CacheEntry {
  readonly value: unknown;
  readonly label: Label;
  /** The cost of the result in `currency`, which a cache hit saves. */
  readonly cost?: number;
  readonly currency?: string;
  /** Epoch milliseconds. */
  readonly storedAt: number;
}

/** Selects a cache. Its owner is the project of the run, or the workflow if the cache is not shared. */
export interface CacheScope {
  /** The name of the cache: unique in its workflow, or in its project if `isShared`. */
  readonly name: string;
  readonly isShared: boolean;
}

/** The result of a lookup: an entry, or only the level of an entry that the reader must not see, or nothing. */
export interface CacheFinding {
  /** `similarity` is set if a vector found the entry. */
  readonly entry?: CacheEntry & { readonly similarity?: number };
  /** The level of an existing entry that this reader must not see. */
  readonly above?: LabelLevel;
}

/** Results by key: by the exact key or by the nearest vector. */
export interface Cache {
  get(scope: CacheScope, key: string, reader: Label): Promise<CacheFinding>;
  /** Returns the entry with the nearest vector of the same model if its cosine similarity is at least `minSimilarity`. */
  nearest(
    scope: CacheScope,
    like: { readonly vector: Float32Array; readonly model: string; readonly minSimilarity: number },
    reader: Label,
  ): Promise<CacheFinding>;
  /** Stores a result. Results with other levels under the same key are kept. */
  set(
    scope: CacheScope,
    key: string,
    entry: Omit<CacheEntry, 'storedAt'> & { readonly vector?: Float32Array; readonly model?: string },
    ttlMs: number,
  ): Promise<void>;
}

/** The effect of a tool. After a run has read untrusted text, only `read` needs no approval. */
export const ToolEffect = z.enum(['read', 'write', 'send', 'execute', 'spend']).meta({ id: 'ToolEffect' });
export type ToolEffect = z.infer<typeof ToolEffect>;

/** A tool that the host offers to agents. */
export interface HostTool extends ToolDefinition {
  /** The tool server. The full name of the tool is `server__tool`. */
  readonly server: string;
  /** SHA-256 of the raw definition, `sha256:<hex>`. A changed definition must be approved again. */
  readonly hash: string;
  readonly effects: readonly ToolEffect[];
  /** Whether the current definition is approved; otherwise calls are refused with `tool_changed`. */
  readonly isApproved: boolean;
  readonly destination: Destination;
  /** The lowest level of its results. */
  readonly label: LabelLevel;
}

/** A tool server's request to a model during a tool call. */
export interface SampleRequest {
  /** The model from the settings of the server. */
  readonly model: string;
  /** The lowest level of the server's messages. */
  readonly level: LabelLevel;
  readonly request: GenerateRequest;
  readonly signal: AbortSignal;
}

/** The answer of a model to a tool server. */
export interface SampleReply {
  readonly text: string;
  readonly finishReason: FinishReason;
}

/** Calls a model for a tool server, with the rights, budgets and limits of the run that calls the tool, like a model call of that run. */
export type SampleModel = (request: SampleRequest) => Promise<SampleReply>;

/** Tools of registered servers (MCP), by name. Errors: `mcp_unreachable`, `mcp_not_found`, `mcp_disabled`. */
export interface Tools {
  /** Returns where the arguments of a call go; undefined for an unknown tool. */
  destinationOf(name: string): Promise<Destination | undefined>;
  list(servers: readonly string[]): Promise<readonly HostTool[]>;
  /** The tools from the last listing of these servers. No server is contacted. */
  known?(servers: readonly string[]): Promise<readonly HostTool[]>;
  /** Checks that a tool outside the registered servers may be called now. Errors: `stopped`. */
  admit?(name: string): Promise<void>;
  /** Errors: `tool_unknown`, `tool_changed`, `tool_arguments_invalid`, `tool_failed`, `tool_timeout`, `tool_result_too_large`. */
  call(
    name: string,
    args: JsonObject,
    options: {
      readonly signal: AbortSignal;
      readonly idempotencyKey: string;
      readonly timeoutMs?: number;
      /** Maximum size of the result in bytes. Default 1 MB. */
      readonly maxBytes?: number;
      readonly traceparent?: TraceparentFor | undefined;
      readonly onProgress?: (progress: { readonly share?: number; readonly message?: string }) => void;
      /** Answers the server's requests to a model, if the settings of the server name one. The host sets it. */
      readonly sample?: SampleModel | undefined;
    },
  ): Promise<{ readonly value: unknown; readonly text: string }>;
}
