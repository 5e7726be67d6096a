import { A2AError, RequestMalformedError, TaskNotFoundError, UnsupportedOperationError } from '@a2a-js/sdk/errors';
import { toHeddleError } from '@heddle/core';

/** An error as the protocol names it, with our code; errors of this server are told by their code alone, as in every channel. */
export function a2aError(thrown: unknown): A2AError {
  if (thrown instanceof A2AError) return thrown;
  const { code, message, status } = toHeddleError(thrown);
  const options = { message: `${code}: ${message}`, cause: thrown, metadata: { code } };
  if (code === 'run_not_found') return new TaskNotFoundError(options);
  if (code === 'conflict' || code === 'thread_busy') return new UnsupportedOperationError(options);
  return status < 500 ? new RequestMalformedError(options) : new A2AError(options);
}
