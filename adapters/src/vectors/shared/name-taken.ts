import { HeddleError } from '@heddle/core';

/** The error for a new collection whose name another one has. */
export const nameTaken = (name: string): HeddleError =>
  new HeddleError('collection_exists', `Collection '${name}' exists already: choose another name or drop it first.`);
