/** A file below a folder that the administrator allowed. */
export interface FileEntry {
  /** Path with forward slashes: the allowed folder's name first, then the way below it. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds of the last change. */
  readonly changedAt: number;
}

/** Reads files of this machine, below allowed folders only; links that lead out of them are refused. */
export interface Files {
  /** Files below a folder, in order of their paths; hidden files and folders are left out. Errors: `file_not_found`, `forbidden`. */
  list(
    path: string,
    options?: { readonly limit?: number; readonly signal?: AbortSignal },
  ): Promise<readonly FileEntry[]>;
  /** Errors: `file_not_found`, `file_unreadable`, `document_too_large`, `forbidden`. */
  read(path: string, options?: { readonly maxBytes?: number; readonly signal?: AbortSignal }): Promise<Uint8Array>;
}
