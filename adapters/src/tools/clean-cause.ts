/**
 * The cause of an error of a server without the texts of the library, which can repeat secrets. It has the cleaned message, and the HTTP
 * status, which shows whether the server has lost the session.
 *
 * @example new HeddleError('tool_failed', message, { cause: cleanCause(error, clean) })
 */
export function cleanCause(cause: unknown, clean: (text: string) => string): Error {
  const cleaned = new Error(clean(cause instanceof Error ? cause.message : String(cause)));
  const status = statusOf(cause);
  return status === undefined ? cleaned : Object.assign(cleaned, { status });
}

function statusOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  return 'status' in error ? error.status : statusOf(error.cause);
}
