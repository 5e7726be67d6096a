import { digest } from './prefix-terms.js';
import { nobody } from './payloads.js';

/** The entry in a passage that everybody may read. No digest of a name equals it. */
export const everybody = '*';

/** The values to search for: a reader may read a passage that has one of them. Long lists of readers are looked up separately. */
export const readerTerms = (readers: readonly string[]): readonly string[] => [
  everybody,
  ...readers.filter((name) => name !== nobody).map(digest),
];
