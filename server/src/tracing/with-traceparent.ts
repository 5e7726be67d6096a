import type { SafeRequest, TraceparentFor } from '@heddle/core';

/** A request that tells its address of the trace, unless somebody wrote a `traceparent` into it. A redirect to another site loses it. */
export function withTraceparent(request: SafeRequest, traceparentFor: TraceparentFor | undefined): SafeRequest {
  const traceparent = traceparentFor?.(request.url);
  if (traceparent === undefined) return request;
  const headers = request.headers ?? {};
  const isWritten = Object.keys(headers).some((name) => name.toLowerCase() === 'traceparent');
  return isWritten ? request : { ...request, headers: { ...headers, traceparent } };
}
