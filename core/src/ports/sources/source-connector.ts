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

/** A document as its source has it now. */
export interface SourceDocument {
  /**
   * Its name inside the source: the same document has the same id in every sync, 1 to 1,000 characters without control characters. Where
   * the source has stable ids, a document that moves keeps its id, and only `title` and `url` change. Where the id is a path, a document that moves is deleted and
   * comes with another id. A name with its suffix (`guide.pdf`) helps to find the type.
   */
  readonly id: string;
  readonly title?: string | undefined;
  /** Where a person opens it. Citations show it. */
  readonly url?: string | undefined;
  /**
   * A version: the content is the same as long as this text is the same, at most 4,000 characters. A document with the `etag` of the last sync is not loaded.
   * Without it, the content is loaded in each sync and compared.
   */
  readonly etag?: string | undefined;
  /** The time of the last change, in milliseconds since the epoch. */
  readonly modified?: number | undefined;
  /** The level of this document, where the source knows it. It can be above the label of the source, never below. */
  readonly label?: LabelLevel | undefined;
  /** Who may read it at the source, as names of readers (`oidc-group:NAME`, `user:ID`). An empty list means nobody, null everybody. Missing: as the source is set. */
  readonly readers?: readonly string[] | null | undefined;
  /** Fields for filters of searches. */
  readonly metadata?: JsonObject | undefined;
  /** Text for the connector itself, at most 100,000 characters: `known` returns it in the next sync. */
  readonly note?: string | undefined;
  /** The content, or a function that loads it. It is called only if the document changed. An error that it throws is an error of this document alone. */
  readonly content: Uint8Array | string | (() => Promise<SourceContent>);
}

/** What a connector reports, in order. */
export type SourceChange =
  /** From here on, everything is named: what is not named until the checkpoint with `isComplete` is removed. */
  | { readonly type: 'listing' }
  /** A document is new or may have changed. */
  | { readonly type: 'upsert'; readonly document: SourceDocument }
  /** A document is still there as it was, and the connector did not load it. An id that is not known is an error of this document. */
  | { readonly type: 'unchanged'; readonly id: string }
  /** A document is not there any more. An unknown id is ignored. */
  | { readonly type: 'delete'; readonly id: string }
  /** A document is there and could not be read. Its last state is kept. */
  | { readonly type: 'failed'; readonly id: string; readonly error: ErrorValue }
  /** Everything before is a whole: the runner stores it, then the cursor. The next sync, also after a crash, begins with this cursor. */
  | {
      readonly type: 'checkpoint';
      /** At most 8,000,000 characters. Missing: the next sync lists everything. */
      readonly cursor?: string | undefined;
      /** The listing has named everything. */
      readonly isComplete?: boolean | undefined;
    };

/** What is known of a document since the last sync. */
export interface KnownDocument {
  /** Whether its content is stored as it was at the last sync. Otherwise it must be loaded again. */
  readonly isStored: boolean;
  readonly etag?: string | undefined;
  readonly url?: string | undefined;
  readonly note?: string | undefined;
}

/** The secret of a source. */
export interface SourceSecret {
  /** For `signIn` of a request of `fetch`: the connector does not see the value. */
  readonly handle: SecretHandle;
  /**
   * The value, for protocols that sign in by themselves (databases, mail, signatures of requests). The address names the server that receives it: it must be one
   * of the allowed hosts of the secret. Errors: `secret_host_refused`, `secret_needs_host`, `secret_unreadable`.
   */
  valueFor(address: URL): Promise<string>;
}

/** A file that a source may read. */
export interface SourceFileEntry extends FileEntry {
  /** The path below the requested folder; the name of the file if a file was requested. */
  readonly relative: string;
  /** A text that changes whenever the file may have changed: for `etag`. */
  readonly version: string;
}

/** Files of this machine that the project of the source may read. */
export interface SourceFiles extends Pick<Files, 'read'> {
  /** The path on disk of a file or folder, with links resolved. Errors: `file_not_found`, `forbidden`. */
  locate(path: string): Promise<string>;
  /**
   * Files below a folder, one at a time, without hidden ones. Links that lead outside are left out. Paths begin with the name of the allowed folder. A file that
   * cannot be looked at is an error and is never left out. Errors: `file_not_found`, `file_unreadable`, `forbidden`.
   */
  walk(path: string): AsyncIterable<SourceFileEntry>;
}

/** An address of the network that was checked: connect to `address`, because the name can resolve to another address later. */
export interface CheckedHost {
  readonly address: string;
  /** The name in its certificate; undefined for an address. */
  readonly name: string | undefined;
}

/** What a connector gets for one sync. It must use nothing else outside itself. */
export interface SourceRequest<Config = unknown> {
  readonly config: Config;
  /** The cursor of the last checkpoint. Missing: list everything. */
  readonly cursor?: string | undefined;
  readonly secret?: SourceSecret | undefined;
  /** Requests over HTTP. Addresses inside the network are refused unless the administrator allowed them. */
  readonly fetch: SafeFetch;
  readonly files: SourceFiles;
  /** Checks a server of another protocol by the rules of `fetch`. Errors: `fetch_blocked`, `fetch_failed`. */
  readonly checkHost: (host: string, port: number) => Promise<CheckedHost>;
  /** What is known of a document. */
  readonly known: (id: string) => Promise<KnownDocument | undefined>;
  /** A folder of this source, which is kept until the source is deleted; for example for a clone. */
  readonly workFolder: () => Promise<string>;
  /** The most bytes of a document. A larger one is an error of this document. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Waits. Errors: `aborted`. */
  readonly wait: (ms: number) => Promise<void>;
}

/** What a kind of source can do. */
interface SourceCapabilities {
  /** Whether it reads the changes since a cursor. Otherwise each sync lists everything. */
  readonly isIncremental: boolean;
  /** Whether documents come with their readers. */
  readonly hasReaders: boolean;
  /** Whether a source of this kind has a secret: never, optionally, or always. */
  readonly secret: 'none' | 'optional' | 'required';
  /** Whether strangers can write what it reads, such as pages of the web: its documents get the mark `untrusted`. */
  readonly isUntrusted?: boolean;
}

/**
 * A kind of source. It has no state of its own: two syncs at the same time do not share anything, and a sync can stop after each change.
 *
 * Errors that `changes` throws decide how the sync goes on:
 * - `source_cursor_invalid`: the runner forgets the cursor and lists everything.
 * - `source_rate_limited`, with `details.retryAfterMs`: the runner waits and goes on from the last checkpoint.
 * - another retryable error (`source_unreachable`, `fetch_timeout`): the runner tries again a few times from the last checkpoint.
 * - `source_unauthorized` and all others: the sync fails, and nothing is removed.
 *
 * A page that was cut off is an error, never a shorter page.
 */
export interface SourceConnector<Config = unknown> {
  /** Lower-case letters, digits and `-`. It is stored and never changes. */
  readonly kind: string;
  readonly title: string;
  /** One sentence for the menu. */
  readonly description: string;
  /** An object schema; `title` and `description` of its fields are shown in the form. It never holds a secret. */
  readonly config: z.ZodType<Config>;
  readonly capabilities: SourceCapabilities;
  changes(request: SourceRequest<Config>): AsyncIterable<SourceChange>;
}
