import type { ErrorCode } from './codes.js';
import { HeddleError } from './heddle-error.js';

const storeFaults: ReadonlySet<ErrorCode> = new Set([
  'storage_full',
  'storage_read_only',
  'storage_failed',
  'storage_locked',
  'database_unreachable',
  'bucket_unreachable',
  'bucket_refused',
]);

/**
 * Whether an error is a temporary storage fault, so that a later retry can succeed. Damage is not temporary.
 *
 * @example if (isStoreFault(error)) waitAndTryAgain();
 */
export function isStoreFault(error: unknown): error is HeddleError {
  return error instanceof HeddleError && storeFaults.has(error.code);
}
