/** A file in an allowed folder. The administrator sets which folders are allowed. */
export interface FileEntry {
  /** Path with forward slashes, starting with the name of the allowed folder. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** Time of the last change, in milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Reads files of this machine in allowed folders. Links that lead out of a folder are refused. */
export interface Files {
  /** Files in a folder and its subfolders, sorted by path, without hidden files and folders. Errors: `file_not_found`, `forbidden`. */
  list(
    path: string,
    options?: { readonly limit?: number; readonly signal?: AbortSignal },
  ): Promise<readonly FileEntry[]>;
  /** Errors: `file_not_found`, `file_unreadable`, `document_too_large`, `forbidden`. */
  read(path: string, options?: { readonly maxBytes?: number; readonly signal?: AbortSignal }): Promise<Uint8Array>;
}
