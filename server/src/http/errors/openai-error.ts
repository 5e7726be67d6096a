import { toRequestError } from './error-reply.js';
import { hasProblemDetails } from './problem-details.js';

/** Whether errors of an address have OpenAI's format: all addresses under `/v1` except our own ones, even if no route matches. */
export const isOfOpenAi = (url: string): boolean => /^\/v1(?:[/?]|$)/.test(url) && !hasProblemDetails(url);

/** An error in the format that OpenAI's clients expect, also within a stream. */
export function openAiError(thrown: unknown) {
  const { code, message, status, details } = toRequestError(thrown);
  const input = details?.['input'] ?? firstField(details?.['issues']);
  return { error: { message, type: typeOf(status), param: typeof input === 'string' ? input : null, code } };
}

/** The field of the first issue of a request that does not fit its schema. */
function firstField(issues: unknown): unknown {
  const first: unknown = Array.isArray(issues) ? issues[0] : undefined;
  const field = typeof first === 'object' && first !== null && 'field' in first ? first.field : undefined;
  return field === '' ? undefined : field;
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 403) return 'permission_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
