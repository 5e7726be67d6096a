import type { HeldPart } from '@heddle/adapters/leases';
import type { JobService } from './job.service.js';

/** Milliseconds between two checks for what a process left that is gone. */
export const takeUpMs = 2_000;
/** What is being created has all of its rows after this time; without them, the process that created it is gone. */
const longestCreationMs = 3_600_000;

/**
 * Takes up work that a process left: at the start, and again and again where other processes may end. What the work begins has jobs of its own,
 * and goes on when the part stops.
 *
 * @example const kept = hold('batches', takingUp(() => batches.takeUp(), (err) => log.error({ err }, 'batches could not go on')), takeUpMs);
 */
export function takingUp(work: () => Promise<void>, onFault: (error: unknown) => void): HeldPart {
  let current: Promise<void> | undefined;
  const take = (): void => {
    current ??= work()
      .catch(onFault)
      .finally(() => (current = undefined));
  };
  return { start: take, check: take, stop: async () => current };
}

/** What was created before this time and has not all of its rows is removed: no process adds any more. */
export const leftBefore = (isAlone: boolean, now: number): number | undefined =>
  isAlone ? undefined : now - longestCreationMs;

/** Stops the job with a key, in any process. `own`: its id where this process has it. */
export async function stopJob(
  jobs: Pick<JobService, 'cancel' | 'elsewhere'>,
  key: string,
  own?: string,
): Promise<void> {
  const jobId = own ?? (await jobs.elsewhere(key));
  if (jobId !== undefined) await jobs.cancel(jobId);
}
