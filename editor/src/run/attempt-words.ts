import type { ExecutionView } from './run-view.js';

/**
 * Which attempt an execution is at, or ended with: `attempt 2 of 3`; undefined where the first was enough so far. What a crash cut
 * short is no attempt. `most` is how many its node may make, where that is known.
 */
export function attemptWords(
  { failedAttempts }: Pick<ExecutionView, 'failedAttempts'>,
  most: number | undefined,
): string | undefined {
  if (failedAttempts === 0) return undefined;
  const now = failedAttempts + 1;
  return most === undefined || most < now ? `attempt ${now}` : `attempt ${now} of ${most}`;
}
