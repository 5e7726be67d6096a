import { HeddleError, toHeddleError, type ErrorCode } from '@heddle/core';
import { faultOf, isProgramFault, type FaultKind } from './fault.js';

/** Maps each kind of fault to an error code and an advice. */
const meanings: Readonly<Record<FaultKind, { readonly code: ErrorCode; readonly advice: string }>> = {
  unanswered: {
    code: 'database_unreachable',
    advice: 'does not answer: check that it runs, and the address of the database.',
  },
  refused: {
    code: 'database_refused',
    advice: 'refused the user: check user, password and database in its address, and the rights of the user.',
  },
  slow: { code: 'storage_failed', advice: 'took too long: look for locks and load there.' },
  full: { code: 'storage_full', advice: 'has no room on its disk: free space there.' },
  'read-only': {
    code: 'storage_read_only',
    advice: 'can only be read: name the primary server, not a standby, and check default_transaction_read_only.',
  },
  damaged: { code: 'storage_corrupt', advice: 'found damaged data: stop Heddle and restore a backup of the database.' },
  'too large': {
    code: 'value_too_complex',
    advice: 'does not accept a value of this size: store it as a file, and pass on its reference.',
  },
  failed: { code: 'storage_failed', advice: 'answered with an error.' },
};

/** Converts an error of the client library into a HeddleError that names the server and says what to do. */
export function toDatabaseError(error: unknown, host: string): HeddleError {
  if (error instanceof HeddleError) return error;
  if (isProgramFault(error)) return toHeddleError(error);
  const { kind, code, message, isPassing } = faultOf(error);
  const { code: meaning, advice } = meanings[kind];
  return new HeddleError(meaning, `Postgres at ${host} ${advice} (${message})`, {
    cause: error,
    details: { code, reason: message },
    // A permanent failure must not be retried for minutes.
    ...(kind === 'failed' ? { retryable: isPassing } : {}),
  });
}

/**
 * Whether the same statement may succeed a moment later: the server did not answer, or it ended the transaction in favour of another one.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof HeddleError || isProgramFault(error)) return false;
  const { kind, code = '' } = faultOf(error);
  return kind === 'unanswered' || code.startsWith('40');
}
