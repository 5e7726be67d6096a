import { digest } from './beginnings.js';
import { nobody } from './payloads.js';

/** Stands in the list of a passage that everybody may read. No digest of a name is this. */
export const everybody = '*';

/** A reader may read a passage that has one of these values. Long lists of readers are looked up apart. */
export const askedReaders = (readers: readonly string[]): readonly string[] => [
  everybody,
  ...readers.filter((name) => name !== nobody).map(digest),
];
