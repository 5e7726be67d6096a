import type { SafeRequest, TraceparentFor } from '@heddle/core';

/** Adds the trace header to a request unless the request has a `traceparent` already. A redirect to another site drops the header. */
export function withTraceparent(request: SafeRequest, traceparentFor: TraceparentFor | undefined): SafeRequest {
  const traceparent = traceparentFor?.(request.url);
  if (traceparent === undefined) return request;
  const headers = request.headers ?? {};
  const isWritten = Object.keys(headers).some((name) => name.toLowerCase() === 'traceparent');
  return isWritten ? request : { ...request, headers: { ...headers, traceparent } };
}
