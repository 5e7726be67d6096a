import { HeddleError } from '@heddle/core';

/** A secret that its store refuses until its settings change. The message names no path. */
export function notGiven(name: string, why: string): HeddleError {
  return new HeddleError('secret_unreadable', `The secret '${name}' cannot be read: ${why}.`, {
    details: { secret: name },
    retryable: false,
  });
}

/** A store that does not answer as it should, and may do so later. */
export function storeFailed(name: string, why: string, cause?: unknown): HeddleError {
  return new HeddleError('secret_store_failed', `The secret '${name}' cannot be read now: ${why}.`, {
    details: { secret: name },
    cause,
  });
}
