import type { DocumentLimits } from './limits.js';

/** What a parser may cost, and whom it tells that it goes on. */
export interface ParseOptions {
  readonly limits: DocumentLimits;
  /** Called after each page that took long to read: the time limit is one of a page then. */
  readonly onPage?: (() => void) | undefined;
}
