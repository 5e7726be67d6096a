import { A2AError, RequestMalformedError, TaskNotFoundError, UnsupportedOperationError } from '@a2a-js/sdk/errors';
import { toRequestError } from '../../http/errors/error-reply.js';

/** Converts an error to the form of the protocol, with Heddle's code. As in every channel, the message of an unexpected error is withheld. */
export function a2aError(thrown: unknown): A2AError {
  if (thrown instanceof A2AError) return thrown;
  const { code, message, status } = toRequestError(thrown);
  const options = { message: `${code}: ${message}`, cause: thrown, metadata: { code } };
  if (code === 'run_not_found') return new TaskNotFoundError(options);
  if (code === 'conflict' || code === 'thread_busy') return new UnsupportedOperationError(options);
  return status < 500 ? new RequestMalformedError(options) : new A2AError(options);
}
