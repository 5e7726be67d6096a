import { HeddleError } from '@heddle/core';

/** The error for a filter that a server does not accept. `most` names the limit and what to do. */
export const filterTooLarge = (most: string): HeddleError =>
  new HeddleError('filter_invalid', `The filter has more than ${most}, or keep the collection in another store.`);
