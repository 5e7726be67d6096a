import { HeddleError, type GuardedWrite } from '@heddle/core';

/** The error of a write that touched other rows than it must. */
export function guardError({ otherwise, sql }: GuardedWrite): HeddleError {
  return otherwise?.() ?? changedMeanwhile({ statement: sql.slice(0, 100) });
}

/** What an operation read has changed before its commit. */
export const changedMeanwhile = (details: Readonly<Record<string, unknown>>): HeddleError =>
  new HeddleError('conflict', 'This was changed meanwhile: read it again, and repeat the change.', { details });
