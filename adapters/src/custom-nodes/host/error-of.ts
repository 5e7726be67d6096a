import { fromErrorValue, HeddleError, isErrorCode, type ErrorValue } from '@heddle/core';

/**
 * Converts an error from a node's process. An error that the server itself sent to the node, such as a cancellation, comes back as the same
 * object.
 */
export function errorOf(error: ErrorValue, { aborted, reason }: AbortSignal): unknown {
  if (aborted && reason instanceof HeddleError && reason.code === error.code) return reason;
  return fromErrorValue(isErrorCode(error.code) ? error : { ...error, code: 'node_failed' });
}
