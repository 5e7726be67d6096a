import { HeddleError } from '@heddle/core';

/** What the caller of a published run is told where the server stops before its end. */
export function goesOnLater(runId: string): HeddleError {
  return new HeddleError(
    'shutting_down',
    `The server is stopping, and the run goes on once it is back: follow it under /v1/runs/${runId}.`,
    { details: { runId, retryAfterSeconds: 5 } },
  );
}
