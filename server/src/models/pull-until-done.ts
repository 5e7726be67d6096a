import { toHeddleError, type Clock, type ModelHub, type PullProgress } from '@heddle/core';
import { pause } from '../common/pause.js';
import type { JobWork } from '../jobs/job.service.js';

/** Waits before a download that broke off goes on; each new byte begins them anew. */
const waitsMs: readonly number[] = [2_000, 10_000, 30_000, 120_000, 300_000, 600_000];
/** The report right before is written first: there are so many a second. */
const reportMs = 250;

export interface PullParts {
  readonly hub: Pick<ModelHub, 'pull'>;
  readonly clock: Clock;
  /** Whether an earlier process began it: the network may need a while at the start of a machine. */
  readonly hasBegun: boolean;
}

/**
 * Downloads a model, and goes on by itself where the connection breaks off in the middle, from the bytes that are here. One that never
 * brought a byte fails at once: whoever asked for it is there to read why. Errors: as `ModelHub.pull`.
 */
export async function pullUntilDone(id: string, parts: PullParts, { signal, report }: JobWork): Promise<void> {
  const { hub, clock } = parts;
  let { hasBegun } = parts;
  let most = 0;
  let waits = 0;
  let last: PullProgress | undefined;
  const onProgress = (progress: PullProgress): void => {
    last = progress;
    if (progress.stage === 'download' && progress.bytes > most) {
      most = progress.bytes;
      hasBegun = true;
      waits = 0;
    }
    report({ ...progress });
  };
  for (;;) {
    try {
      await hub.pull(id, { signal, onProgress });
      return;
    } catch (thrown) {
      const error = toHeddleError(thrown);
      const wait = waitsMs[waits];
      if (signal.aborted || !error.retryable || !hasBegun || wait === undefined) throw thrown;
      waits += 1;
      const until = clock.now() + wait;
      await pause(clock, Math.min(wait, reportMs), signal);
      report({ ...last, stage: 'connect', problem: error.message, nextAt: until });
      await pause(clock, wait - reportMs, signal);
      signal.throwIfAborted();
    }
  }
}
