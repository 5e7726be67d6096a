import type { ServedFormat } from '@heddle/core';
import type { DocumentLimits } from './limits.js';

export interface ParseOptions {
  readonly limits: DocumentLimits;
  /** Called after each page that took long to read. The time limit then starts again for the next page. */
  readonly onPage?: (() => void) | undefined;
  /** Kinds that a service reads instead of these parsers. They fail with `document_type` and the kind in `details.left`. */
  readonly leave?: readonly ServedFormat[] | undefined;
}
