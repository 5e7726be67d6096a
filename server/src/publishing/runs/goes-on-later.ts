import { HeddleError } from '@heddle/core';

/** The error for the caller of a published run when the server stops before its end. */
export function goesOnLater(runId: string): HeddleError {
  return new HeddleError(
    'shutting_down',
    `The server is stopping, and the run goes on once it is back: follow it under /v1/runs/${runId}.`,
    { details: { runId, retryAfterSeconds: 5 } },
  );
}
