import type { Clock, Journal, RunSummary } from '@heddle/core';
import type { Log } from '../common/log.js';
import { crashesInARow, crashLoop } from './crashes-in-a-row.js';
import type { RunDriver } from './run-driver.js';
import { groupOf } from './run-queue.js';
import type { RunRecords } from './state/run-records.js';

interface RecoveryDependencies {
  readonly journal: Journal;
  readonly driver: RunDriver;
  readonly records: RunRecords;
  readonly clock: Clock;
  readonly log: Log;
  /** After this many recoveries in a row without progress, a run fails; 0 for no limit. */
  readonly crashLimit: number;
  /** Whether the last process stopped without a crash. */
  readonly wasStoppedOrderly: boolean;
}

/**
 * Takes over every unfinished run at the start of `serve`: queued runs start, running ones continue where they were, suspended ones wait
 * for their time or answer. Returns the number of runs.
 */
export async function recoverRuns(dependencies: RecoveryDependencies): Promise<number> {
  const unfinished = await dependencies.journal.unfinished();
  const due = new Map((await dependencies.journal.due()).map(({ runId, until }) => [runId, until]));
  for (const summary of unfinished) {
    const until = due.get(summary.runId);
    if (summary.status === 'suspended') {
      if (until !== undefined) dependencies.driver.wakeAt(summary.runId, groupOf(summary), until);
      else if (!(await requestsInput(dependencies, summary)))
        dependencies.driver.enqueueResume(summary.runId, groupOf(summary));
    } else await resumeOrEnd(dependencies, summary);
  }
  if (unfinished.length > 0) dependencies.log.info({ runs: unfinished.length }, 'unfinished runs claimed');
  return unfinished.length;
}

/**
 * Whether a suspended run without a wake time waits for a person. If not, it was answered, and the process died before the run continued.
 */
async function requestsInput({ journal, log }: RecoveryDependencies, { runId }: RunSummary): Promise<boolean> {
  try {
    return (await journal.requests({ runId })).length > 0;
  } catch (error) {
    log.error({ runId, err: error }, 'the questions of a suspended run cannot be read: it stays suspended');
    return true;
  }
}

/** How many events at the end of a run are searched for recoveries in a row. */
const runsBack = 1_000;

async function resumeOrEnd(dependencies: RecoveryDependencies, summary: RunSummary): Promise<void> {
  if (dependencies.crashLimit > 0 && !dependencies.wasStoppedOrderly && summary.lastSeq >= dependencies.crashLimit) {
    const last = await dependencies.journal.events(summary.runId, { after: Math.max(0, summary.lastSeq - runsBack) });
    const crashes = crashesInARow(last);
    if (crashes >= dependencies.crashLimit) {
      const { code, message, details } = crashLoop(crashes);
      await dependencies.records.append(summary.runId, [
        {
          type: 'run-end',
          time: dependencies.clock.now(),
          status: 'failed',
          error: { code, message, retryable: false, details },
        },
      ]);
      return;
    }
  }
  if (dependencies.wasStoppedOrderly) await resetCrashes(dependencies, summary);
  if (summary.startedAt === undefined) dependencies.driver.enqueueRecovered(summary.runId, groupOf(summary));
  else dependencies.driver.enqueueResume(summary.runId, groupOf(summary));
}

/** An orderly stop is not a crash, so earlier recoveries no longer count. */
async function resetCrashes(
  { journal, records, clock }: RecoveryDependencies,
  { runId, lastSeq }: RunSummary,
): Promise<void> {
  const last = await journal.events(runId, { after: Math.max(0, lastSeq - 1) });
  if (crashesInARow(last) > 0)
    await records.append(runId, [{ type: 'run-resume', time: clock.now(), reason: 'released' }]);
}
