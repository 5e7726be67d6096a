import { errorCodes, type HeddleError, type ProblemDetails } from '@heddle/core';

/** Whether an address answers errors as problem details: all under `/v1`, but for those of the OpenAI form. */
export function hasProblemDetails(url: string): boolean {
  return /^\/v1\/(?!(?:chat|models|embeddings)(?:[/?]|$))/.test(url);
}

/** An error as RFC 9457 says, with its code of the one table. */
export function problemDetails(error: HeddleError): ProblemDetails {
  const { runId, ...details } = error.details ?? {};
  return {
    type: `urn:heddle:error:${error.code}`,
    title: errorCodes[error.code].title,
    status: error.status,
    detail: error.message,
    code: error.code,
    ...(typeof runId === 'string' ? { runId } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}
