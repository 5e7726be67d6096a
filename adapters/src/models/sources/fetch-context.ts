import { HeddleError } from '@heddle/core';

/** The parameters for fetching one file. */
export interface FetchContext {
  /** The part file for the bytes. It may contain the beginning from an earlier attempt. */
  readonly part: string;
  /** A folder on the same disk for temporary files. The caller removes it. */
  readonly scratch: string;
  /** The size in bytes, if the card knows it. */
  readonly size: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly hub: HubSettings;
  /** Reports the bytes of this file so far, and the total if it is known. */
  progress(bytes: number, total: number | undefined): void;
  /** Checks that the disk has this many bytes free. Errors: `storage_full`. */
  needSpace(bytes: number): Promise<void>;
}

/** How to reach the model hub. */
export interface HubSettings {
  /** The base address; `HF_ENDPOINT` in the environment of the server. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** How many milliseconds to wait for a connection, and then for an answer, before the next source is tried. */
  readonly answerMs: number;
  /** A connection counts as interrupted after this many milliseconds without a byte. */
  readonly idleMs: number;
}

/** The result of a download: the hash of the bytes in `part`. */
export interface Fetched {
  readonly sha256: string;
  readonly size: number;
}

/** Throws `aborted` if the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new HeddleError('aborted', 'The download was stopped; what was fetched is kept for the next try.');
}
