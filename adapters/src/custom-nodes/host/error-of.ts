import { fromErrorValue, HeddleError, isErrorCode, type ErrorValue } from '@heddle/core';

/** The error of a node from its process; one that the server made for it, such as that of its stop, is that same error again. */
export function errorOf(error: ErrorValue, { aborted, reason }: AbortSignal): unknown {
  if (aborted && reason instanceof HeddleError && reason.code === error.code) return reason;
  return fromErrorValue(isErrorCode(error.code) ? error : { ...error, code: 'node_failed' });
}
