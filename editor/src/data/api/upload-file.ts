import type { FileRef } from '@heddle/core';
import { client } from './client.js';

/** Stores a file and returns the reference that inputs use. Errors: ApiError. */
export function uploadFile(file: File): Promise<FileRef> {
  const body = new FormData();
  body.append('file', file, file.name);
  return client.POST('/api/files', { body });
}
