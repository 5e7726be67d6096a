import type { z } from 'zod';
import type { LabelLevel } from '../../labels/label.js';
import type { JsonObject } from '../../values/json/json.js';
import type { SafeFetch } from '../effects.js';
import type { FileEntry, Files } from '../files.js';
import type { SecretHandle } from '../secrets/secret-handle.js';
import type { ErrorValue } from '../../errors/heddle-error.js';

/** The content of a document of a source. */
export interface SourceContent {
  readonly content: Uint8Array | string;
  /** Only a hint: the content determines the type. */
  readonly mediaType?: string | undefined;
}

/** A document in its current state at the source. */
export interface SourceDocument {
  /**
   * Identifies the document within the source: the same in every sync, 1 to 1,000 characters, no control characters. If the source has
   * stable ids, a moved document keeps its id, and only `title` and `url` change. If the id is a path, a moved document is deleted and
   * added under another id. A file extension (`guide.pdf`) helps to detect the type.
   */
  readonly id: string;
  readonly title?: string | undefined;
  /** The address where a person can open the document. Citations show it. */
  readonly url?: string | undefined;
  /**
   * A version of the content, at most 4,000 characters: while it stays the same, the content is the same. A document whose `etag` has not
   * changed since the last sync is not loaded. Without an `etag`, each sync loads the content and compares it.
   */
  readonly etag?: string | undefined;
  /** The time of the last change, in milliseconds since the epoch. */
  readonly modified?: number | undefined;
  /** The level of this document, if the source knows it. It can be above the label of the source, never below. */
  readonly label?: LabelLevel | undefined;
  /**
   * Who may read the document at the source, as names of readers (`oidc-group:NAME`, `user:ID`). An empty list means nobody, null means
   * everybody. Missing: the setting of the source applies.
   */
  readonly readers?: readonly string[] | null | undefined;
  /**
   * Whether the source names readers of its documents but none of this one. The setting of the source, or the rules of the collection, then
   * replace the readers that an earlier sync took from the source. Only without `readers`.
   */
  readonly usesDefaultReaders?: boolean | undefined;
  /** An error that is listed for the document although it is stored, such as readers that cannot be read. The next sync stores it again. */
  readonly failure?: ErrorValue | undefined;
  /** Metadata fields that searches can filter by. */
  readonly metadata?: JsonObject | undefined;
  /** Text for the connector's own use, at most 100,000 characters: `known` returns it in the next sync. */
  readonly note?: string | undefined;
  /**
   * The content, or a function that loads it. The function is called only if the document changed. If it throws, only this document fails.
   */
  readonly content: Uint8Array | string | (() => Promise<SourceContent>);
}

/** One report of a connector. Reports are processed in order. */
export type SourceChange =
  /** A full listing starts: a document that is not named before the checkpoint with `isComplete` is removed. */
  | { readonly type: 'listing' }
  /** A document is new or may have changed. */
  | { readonly type: 'upsert'; readonly document: SourceDocument }
  /** A document has not changed, so the connector did not load it. An unknown id counts as an error of this document. */
  | { readonly type: 'unchanged'; readonly id: string }
  /** A document no longer exists. An unknown id is ignored. */
  | { readonly type: 'delete'; readonly id: string }
  /** A document exists but could not be read. Its last state is kept. */
  | { readonly type: 'failed'; readonly id: string; readonly error: ErrorValue }
  /** A checkpoint: the runner stores all changes before it, then the cursor. The next sync starts from this cursor, also after a crash. */
  | {
      readonly type: 'checkpoint';
      /** At most 8,000,000 characters. If missing, the next sync lists everything. */
      readonly cursor?: string | undefined;
      /** The listing has named everything. */
      readonly isComplete?: boolean | undefined;
    };

/** What the last sync stored about a document. */
export interface KnownDocument {
  /** Whether the content of the last sync is still stored. Otherwise it must be loaded again. */
  readonly isStored: boolean;
  readonly etag?: string | undefined;
  readonly url?: string | undefined;
  readonly note?: string | undefined;
}

/** The secret of a source. */
export interface SourceSecret {
  /** For `signIn` of a request of `fetch`: the connector never sees the value. */
  readonly handle: SecretHandle;
  /**
   * Returns the value for protocols that authenticate by themselves (databases, mail, signed requests). The address names the server that
   * receives the value; it must be an allowed host of the secret. Errors: `secret_host_refused`, `secret_needs_host`, `secret_unreadable`.
   */
  valueFor(address: URL): Promise<string>;
}

/** A file that a source may read. */
export interface SourceFileEntry extends FileEntry {
  /** The path relative to the requested folder; the file name if a file was requested. */
  readonly relative: string;
  /** A text that changes whenever the file may have changed; meant for `etag`. */
  readonly version: string;
}

/** Files of this machine that the source's project may read. */
export interface SourceFiles extends Pick<Files, 'read'> {
  /** Returns the path of a file or folder on disk, with links resolved. Errors: `file_not_found`, `forbidden`. */
  locate(path: string): Promise<string>;
  /**
   * Yields the files below a folder one at a time, without hidden files. Links that lead outside are skipped. Paths start with the name of
   * the allowed folder. A file that cannot be read causes an error; it is never skipped. Errors: `file_not_found`, `file_unreadable`,
   * `forbidden`.
   */
  walk(path: string): AsyncIterable<SourceFileEntry>;
}

/** A checked network address. Connect to `address` and not to the name, which can resolve to another address later. */
export interface CheckedHost {
  readonly address: string;
  /** The host name that the certificate must match; undefined if the host is an IP address. */
  readonly name: string | undefined;
}

/** Everything that a connector may use during a sync. It must not use anything else outside itself. */
export interface SourceRequest<Config = unknown> {
  readonly config: Config;
  /** The cursor of the last checkpoint. If missing, list everything. */
  readonly cursor?: string | undefined;
  readonly secret?: SourceSecret | undefined;
  /** Sends HTTP requests. Addresses inside the network are refused unless the administrator allowed them. */
  readonly fetch: SafeFetch;
  readonly files: SourceFiles;
  /** Checks the server of another protocol by the same rules as `fetch`. Errors: `fetch_blocked`, `fetch_failed`. */
  readonly checkHost: (host: string, port: number) => Promise<CheckedHost>;
  readonly known: (id: string) => Promise<KnownDocument | undefined>;
  /** Returns a folder for this source, kept until the source is deleted; for example for a clone. */
  readonly workFolder: () => Promise<string>;
  /** Maximum size of a document in bytes. A larger document fails alone. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Waits. Errors: `aborted`. */
  readonly wait: (ms: number) => Promise<void>;
}

interface SourceCapabilities {
  /** Whether it can read only the changes since a cursor. Otherwise each sync lists everything. */
  readonly isIncremental: boolean;
  /** Whether it reports who may read each document. */
  readonly hasReaders: boolean;
  /** Whether a source of this kind takes a secret: never, optionally, or always. */
  readonly secret: 'none' | 'optional' | 'required';
  /** Whether strangers can write its content, such as web pages: its documents get the mark `untrusted`. */
  readonly isUntrusted?: boolean;
}

/**
 * A kind of source. A connector keeps no state of its own: simultaneous syncs share nothing, and a sync can stop after any change.
 *
 * Errors that `changes` throws decide how the sync continues:
 * - `source_cursor_invalid`: the runner discards the cursor and lists everything.
 * - `source_rate_limited`, with `details.retryAfterMs`: the runner waits and continues from the last checkpoint.
 * - another retryable error (`source_unreachable`, `fetch_timeout`): the runner retries a few times from the last checkpoint.
 * - `source_unauthorized` and all others: the sync fails, and nothing is removed.
 *
 * A connector must report a truncated page as an error, never as a shorter page.
 */
export interface SourceConnector<Config = unknown> {
  /** Lower-case letters, digits and `-`. It is stored and never changes. */
  readonly kind: string;
  readonly title: string;
  /** One sentence for the menu. */
  readonly description: string;
  /** An object schema; the form shows `title` and `description` of its fields. It never contains a secret. */
  readonly config: z.ZodType<Config>;
  readonly capabilities: SourceCapabilities;
  changes(request: SourceRequest<Config>): AsyncIterable<SourceChange>;
}
