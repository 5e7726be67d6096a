import { errorCodes, type HeddleError, type ProblemDetails } from '@heddle/core';

/** Whether errors of an address are problem details: our own addresses under `/v1`. */
export function hasProblemDetails(url: string): boolean {
  return /^\/v1\/(?:workflows|runs|threads|hooks|share|docs)(?:[/?]|$)/.test(url);
}

/** An error as problem details (RFC 9457), with its code. */
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
