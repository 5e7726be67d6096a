import { HeddleError } from '@heddle/core';

/** What a source is given to bring one file. */
export interface FetchContext {
  /** Where the bytes go. It may hold the beginning of an earlier try. */
  readonly part: string;
  /** Folder on the same disk for what a source needs in between; its owner removes it. */
  readonly scratch: string;
  /** Bytes, where the card knows them. */
  readonly size: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly hub: HubSettings;
  /** Bytes of this file so far, and in all where known. */
  progress(bytes: number, total: number | undefined): void;
  /** Errors: `storage_full`. */
  needSpace(bytes: number): Promise<void>;
}

/** How the model hub is reached. */
export interface HubSettings {
  /** Base address; `HF_ENDPOINT` in the environment of the server. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Milliseconds to connect, and then to answer, before the next source is tried. */
  readonly answerMs: number;
  /** Milliseconds without a byte before the connection counts as cut. */
  readonly idleMs: number;
}

/** What a source brought: the hash of the bytes in `part`. */
export interface Fetched {
  readonly sha256: string;
  readonly size: number;
}

/** Throws `aborted` when the signal is. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new HeddleError('aborted', 'The download was stopped; what was fetched is kept for the next try.');
}
