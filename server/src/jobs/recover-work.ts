import type { LeasedPart } from '@heddle/adapters/leases';
import type { JobService } from './job.service.js';

/** How many milliseconds lie between two checks for work that a dead process left. */
export const recoveryMs = 2_000;
/** Creating something takes less than this. If it still lacks rows afterwards, the process that was creating it is dead. */
const longestCreationMs = 3_600_000;

/**
 * Takes over work that a dead process left, at the start and at each check. The work itself runs in jobs, which go on when this part stops.
 *
 * @example const kept = hold('batches', recoveryPart(() => batches.recoverAbandoned(), (err) => log.error({ err }, 'batches could not go on')), recoveryMs);
 */
export function recoveryPart(work: () => Promise<void>, onFault: (error: unknown) => void): LeasedPart {
  let current: Promise<void> | undefined;
  const recover = (): void => {
    current ??= work()
      .catch(onFault)
      .finally(() => (current = undefined));
  };
  return { start: recover, check: recover, stop: async () => current };
}

/**
 * What was created before this time and still lacks rows can be removed, because no process is adding any. Undefined if this process is
 * alone; then everything unfinished can be removed.
 */
export const abandonedBefore = (isAlone: boolean, now: number): number | undefined =>
  isAlone ? undefined : now - longestCreationMs;

/** Stops the job with a key in any process. `own` is its id if this process has it. */
export async function stopJob(
  jobs: Pick<JobService, 'cancel' | 'elsewhere'>,
  key: string,
  own?: string,
): Promise<void> {
  const jobId = own ?? (await jobs.elsewhere(key));
  if (jobId !== undefined) await jobs.cancel(jobId);
}
