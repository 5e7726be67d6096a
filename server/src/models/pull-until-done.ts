import { toHeddleError, type Clock, type ModelHub, type PullProgress } from '@heddle/core';
import { pause } from '../common/pause.js';
import type { JobWork } from '../jobs/job.service.js';

/** The waits before an interrupted download continues. Each new byte starts them again from the first. */
const waitsMs: readonly number[] = [2_000, 10_000, 30_000, 120_000, 300_000, 600_000];
/** A report waits this long, so that the progress from just before is stored first. */
const reportMs = 250;

interface PullOptions {
  readonly hub: Pick<ModelHub, 'pull'>;
  readonly clock: Clock;
  /**
   * Whether an earlier process began the download. Then it waits even before the first byte, because the network may not be up yet when a
   * machine starts.
   */
  readonly hasBegun: boolean;
}

/**
 * Downloads a model, and continues an interrupted download from the bytes that are here. If not a single byte arrives, it fails at once,
 * while its caller is there to see why. Errors: as `ModelHub.pull`.
 */
export async function pullUntilDone(id: string, parts: PullOptions, { signal, report }: JobWork): Promise<void> {
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
