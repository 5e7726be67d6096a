import type { DocumentInput } from '@heddle/core';

/** A document whose content is a file, which becomes its original: it is moved, however large it is. */
export interface FileDocument extends Omit<DocumentInput, 'content'> {
  readonly file: string;
}
