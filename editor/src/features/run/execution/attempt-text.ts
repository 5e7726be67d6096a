import type { ExecutionView } from '../fold/run-view.js';

/**
 * The current or last attempt of an execution: `attempt 2 of 3`. Undefined during a first attempt. An attempt that was cut short by a crash
 * does not count. `most` is the node's maximum, if it is known.
 */
export function attemptText(
  { failedAttempts }: Pick<ExecutionView, 'failedAttempts'>,
  most: number | undefined,
): string | undefined {
  if (failedAttempts === 0) return undefined;
  const now = failedAttempts + 1;
  return most === undefined || most < now ? `attempt ${now}` : `attempt ${now} of ${most}`;
}
