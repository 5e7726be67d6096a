import type { FileRef } from '@heddle/core';
import { formatBytes } from '../format/format-bytes.js';
import { filesOf } from './FileField.js';

/** Keeps the files of a form until it is sent, for servers that take files only together with the other values. */
export interface FormFiles {
  /** For the `StoreFile` context. Rejects if the file is too large. */
  readonly store: (file: File) => Promise<FileRef>;
  /** The files that a value of a file field refers to. */
  readonly filesOf: (value: unknown) => readonly File[];
}

export function createFormFiles(maxBytes = Infinity): FormFiles {
  const files = new Map<string, File>();
  return {
    store: (file) => {
      const { name, size, type } = file;
      if (size > maxBytes) return Promise.reject(new Error(`'${name}' is larger than ${formatBytes(maxBytes)}.`));
      const id = `held:${files.size}`;
      files.set(id, file);
      return Promise.resolve({ id, name, size, mediaType: type });
    },
    filesOf: (value) => filesOf(JSON.stringify(value)).flatMap(({ id }) => files.get(id) ?? []),
  };
}
