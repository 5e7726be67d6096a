import { fromErrorValue, HeddleError, isErrorCode, type ErrorValue } from '@heddle/core';

/** Converts an error that a node's process sent into an error here. An error that the server itself gave the node, such as a stop, comes back as the same object. */
export function errorOf(error: ErrorValue, { aborted, reason }: AbortSignal): unknown {
  if (aborted && reason instanceof HeddleError && reason.code === error.code) return reason;
  return fromErrorValue(isErrorCode(error.code) ? error : { ...error, code: 'node_failed' });
}
