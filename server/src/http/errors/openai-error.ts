import { toHeddleError } from '@heddle/core';

/** The error format of OpenAI's clients, also within a stream. */
export function openAiError(thrown: unknown) {
  const { code, message, status, details } = toHeddleError(thrown);
  const input = details?.['input'];
  return { error: { message, type: typeOf(status), param: typeof input === 'string' ? input : null, code } };
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
