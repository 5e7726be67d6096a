import { HeddleError } from '@heddle/core';

/** The error for a secret that its store refuses until settings are changed. The message contains no path. */
export function secretRefused(name: string, why: string): HeddleError {
  return new HeddleError('secret_unreadable', `The secret '${name}' cannot be read: ${why}.`, {
    details: { secret: name },
    retryable: false,
  });
}

/** The error for a store that does not answer properly but may do so later. */
export function storeFailed(name: string, why: string, cause?: unknown): HeddleError {
  return new HeddleError('secret_store_failed', `The secret '${name}' cannot be read now: ${why}.`, {
    details: { secret: name },
    cause,
  });
}
