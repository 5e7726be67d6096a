import type { DocumentInput } from '@heddle/core';

/** A document whose content is a file, which is moved to become its original, whatever its size. */
export interface FileDocument extends Omit<DocumentInput, 'content'> {
  readonly file: string;
}
