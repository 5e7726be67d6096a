import type { DocumentLimits } from './limits.js';

/** The limits of a parser, and the callback that it calls while it makes progress. */
export interface ParseOptions {
  readonly limits: DocumentLimits;
  /** Called after each page that took long to read: the time limit is one of a page then. */
  readonly onPage?: (() => void) | undefined;
}
