import { HeddleError, type GuardedWrite } from '@heddle/core';

/** The error for a write that touched an unexpected number of rows. */
export function guardError({ otherwise, sql }: GuardedWrite): HeddleError {
  return otherwise?.() ?? changedMeanwhile({ statement: sql.slice(0, 100) });
}

/** The error for an operation whose data was changed between its read and its commit. */
export const changedMeanwhile = (details: Readonly<Record<string, unknown>>): HeddleError =>
  new HeddleError('conflict', 'This was changed meanwhile: read it again, and repeat the change.', { details });
