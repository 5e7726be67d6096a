import type { DocumentInput } from '@heddle/core';

/** A document with a file of any size as content. The file is moved to become its original. */
export interface FileDocument extends Omit<DocumentInput, 'content'> {
  readonly file: string;
}
