import { z } from 'zod';
import type { Label, LabelLevel } from '../labels/label.js';
import type { JsonObject } from '../values/json.js';
import type { FileRef, Message } from '../values/values.js';
import type { Destination } from './destination.js';
import type { ToolDefinition } from './language-model.js';
import type { SecretSignIn } from './secret-handle.js';
import type { TraceparentFor } from './trace.js';

/** A request through the safe fetch: every address, also after redirects, is checked before and after it is resolved. */
export interface SafeRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Most bytes of the reply. Default 5 MB. */
  readonly maxBytes?: number;
  /** Milliseconds for the whole exchange. Default 30,000. */
  readonly timeoutMs?: number;
  /** Whether the status alone counts: a redirect is given back, not followed, and of the body what could be read, `maxBytes` at most. */
  readonly isNotice?: boolean;
  /** A secret that one header carries, to the hosts of its card alone. What answers cannot say it back. */
  readonly signIn?: SecretSignIn;
  readonly signal?: AbortSignal;
}

export interface SafeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The address that answered, after redirects. */
  readonly url: string;
}

/**
 * Fetches addresses that a user gave. Errors: `fetch_blocked`, `fetch_failed`, `fetch_too_large`, `fetch_timeout`; with `signIn` also
 * `secret_not_found`, `secret_host_refused`, `secret_needs_host`.
 */
export interface SafeFetch {
  readonly destination: Destination;
  fetch(request: SafeRequest): Promise<SafeResponse>;
}

/** Runs JavaScript that a user wrote, without any reach outside. */
export interface Sandbox {
  /** `code` is the body of a function of `input`; what it returns must be JSON. Errors: `code_error`, `code_timeout`, `code_memory`. */
  run(
    code: string,
    input: unknown,
    options?: {
      readonly timeoutMs?: number;
      readonly memoryMb?: number;
      /** Whose code it is: groups share the sandbox fairly. */
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
  /** What it was made from (E9): reading it raises the reader to this. */
  readonly label: Label;
  /** Epoch milliseconds. */
  readonly time: number;
}

/** A stored conversation: its turns from the first kept one, and a summary of what came before them. */
export interface Conversation {
  readonly turns: readonly MemoryTurn[];
  /** Turns before `turns[0]` that the summary stands for. */
  readonly summary: { readonly text: string; readonly label: Label; readonly turns: number } | undefined;
}

/** Conversations by session id, of one project, workflow and subject: those of another owner are not there. */
export interface Memory {
  /** The newest turns, at most `limit` (default all that no summary stands for). A session that nobody wrote to is empty. */
  read(session: string, options?: { readonly limit?: number }): Promise<Conversation>;
  /** Adds turns once: the same key again changes nothing. */
  append(
    session: string,
    turns: readonly Omit<MemoryTurn, 'time'>[],
    options: { readonly idempotencyKey: string },
  ): Promise<void>;
  /** Lets a text stand for the oldest `turns` turns after the last summary. */
  summarise(
    session: string,
    summary: { readonly text: string; readonly label: Label; readonly turns: number },
  ): Promise<void>;
  clear(session: string): Promise<void>;
}

/** A result that may be used again. */
export interface CacheEntry {
  readonly value: unknown;
  readonly label: Label;
  /** Money that making it took, in `currency`: what a hit saves. */
  readonly cost?: number;
  readonly currency?: string;
  /** Epoch milliseconds. */
  readonly storedAt: number;
}

/** Which cache is meant. Who owns it follows from the run: its project, and its workflow where the cache is not shared. */
export interface CachePlace {
  /** Tells caches apart: those of one workflow, or with `isShared` those of one project. */
  readonly name: string;
  /** Whether all workflows of the project have it together. */
  readonly isShared: boolean;
}

/** What a reader finds: a result whose level is at most its own, or that one is kept above it, or nothing. */
export interface CacheFinding {
  /** `similarity` where it was found by its vector. */
  readonly entry?: CacheEntry & { readonly similarity?: number };
  /** The level of a result that is kept, and that this reader does not get. */
  readonly above?: LabelLevel;
}

/** Results by key, exact or by the nearness of a vector. */
export interface Cache {
  get(place: CachePlace, key: string, reader: Label): Promise<CacheFinding>;
  /** The entry whose vector, made by the same model, is nearest, where its cosine similarity is at least `minSimilarity`. */
  nearest(
    place: CachePlace,
    like: { readonly vector: Float32Array; readonly model: string; readonly minSimilarity: number },
    reader: Label,
  ): Promise<CacheFinding>;
  /** Keeps a result beside those of other levels under the same key. */
  set(
    place: CachePlace,
    key: string,
    entry: Omit<CacheEntry, 'storedAt'> & { readonly vector?: Float32Array; readonly model?: string },
    ttlMs: number,
  ): Promise<void>;
}

/** What a tool does to the world; `read` alone needs no approval after untrusted text was read. */
export const ToolEffect = z.enum(['read', 'write', 'send', 'execute', 'spend']).meta({ id: 'ToolEffect' });
export type ToolEffect = z.infer<typeof ToolEffect>;

/** A tool that the host offers to agents. */
export interface HostTool extends ToolDefinition {
  /** The server it comes from; its name is `server__tool` (names are spaced apart by server). */
  readonly server: string;
  /** SHA-256 of the raw definition, `sha256:<hex>`: a changed one must be approved again. */
  readonly hash: string;
  readonly effects: readonly ToolEffect[];
  /** Whether the definition is the one that was approved; others are refused with `tool_changed`. */
  readonly isApproved: boolean;
  readonly destination: Destination;
  /** What it gives carries at least this level. */
  readonly label: LabelLevel;
}

/** Tools of registered servers (MCP), by name. Errors: `mcp_unreachable`, `mcp_not_found`, `mcp_disabled`. */
export interface Tools {
  /** Where the arguments of a call go; undefined where no server is known by the name. */
  destinationOf(name: string): Destination | undefined;
  /** Tools of these servers, all of their tools each. */
  list(servers: readonly string[]): Promise<readonly HostTool[]>;
  /** Whether a tool that is no server's, of which this host only hears, may be called now. Errors: `stopped`. */
  admit?(name: string): Promise<void>;
  /** Errors: `tool_unknown`, `tool_changed`, `tool_arguments_invalid`, `tool_failed`, `tool_timeout`, `tool_result_too_large`. */
  call(
    name: string,
    args: JsonObject,
    options: {
      readonly signal: AbortSignal;
      readonly idempotencyKey: string;
      readonly timeoutMs?: number;
      /** Most bytes of the result. Default 1 MB. */
      readonly maxBytes?: number;
      /** The trace that the call is a part of. */
      readonly traceparent?: TraceparentFor | undefined;
      readonly onProgress?: (progress: { readonly share?: number; readonly message?: string }) => void;
    },
  ): Promise<{ readonly value: unknown; readonly text: string }>;
}
