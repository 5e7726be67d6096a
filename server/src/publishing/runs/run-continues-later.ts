import { HeddleError } from '@heddle/core';

/** Makes the error for the caller of a published run if the server stops before the run ends. */
export function runContinuesLater(runId: string): HeddleError {
  return new HeddleError(
    'shutting_down',
    `The server is stopping, and the run goes on once it is back: follow it under /v1/runs/${runId}.`,
    { details: { runId, retryAfterSeconds: 5 } },
  );
}
