import type { JsonObject } from '../values/json.js';
import type { FileRef, Message } from '../values/values.js';
import type { Destination } from './destination.js';
import type { ToolDefinition } from './language-model.js';

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
  readonly signal?: AbortSignal;
}

export interface SafeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The address that answered, after redirects. */
  readonly url: string;
}

/** Fetches addresses that a user gave. Errors: `fetch_blocked`, `fetch_failed`, `fetch_too_large`, `fetch_timeout`. */
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
    options?: { readonly timeoutMs?: number; readonly memoryMb?: number; readonly signal?: AbortSignal },
  ): Promise<unknown>;
}

/** Content-addressed storage for files and large values. */
export interface Blobs {
  put(content: Uint8Array, options: { readonly name: string; readonly mediaType: string }): Promise<FileRef>;
  /** Errors: `blob_not_found`. */
  get(id: string): Promise<Uint8Array>;
  has(id: string): Promise<boolean>;
}

/** Conversations by session id. */
export interface Memory {
  read(session: string, limit?: number): Promise<readonly Message[]>;
  append(session: string, messages: readonly Message[]): Promise<void>;
  clear(session: string): Promise<void>;
}

/** Results that may be used again. */
export interface Cache {
  get(scope: string, key: string): Promise<unknown>;
  set(scope: string, key: string, value: unknown, ttlMs: number): Promise<void>;
}

/** Tools by name, for agents. */
export interface Tools {
  list(): Promise<readonly ToolDefinition[]>;
  call(
    name: string,
    args: JsonObject,
    options: { readonly signal: AbortSignal; readonly idempotencyKey: string },
  ): Promise<unknown>;
}
