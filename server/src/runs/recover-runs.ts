import type { Clock, Journal, RunEvent, RunSummary } from '@heddle/core';
import type { Log } from '../common/log.js';
import type { RunDriver } from './run-driver.js';
import { groupOf } from './run-queue.js';
import type { RunRecords } from './run-records.js';

/** What recovery works with. */
export interface RecoveryParts {
  readonly journal: Journal;
  readonly driver: RunDriver;
  readonly records: RunRecords;
  readonly clock: Clock;
  readonly log: Log;
  /** Recoveries in a row without progress that end a run; 0 for never. */
  readonly crashLimit: number;
  /** The last stop was orderly: nobody crashed (D4). */
  readonly wasStoppedOrderly: boolean;
}

/**
 * Claims every unfinished run at the start of `serve` (G5): queued ones begin, running ones go on where they were, suspended ones
 * wait for their time or their answer. Gives how many were claimed.
 */
export async function recoverRuns(parts: RecoveryParts): Promise<number> {
  const unfinished = await parts.journal.unfinished();
  const due = new Map((await parts.journal.due()).map(({ runId, until }) => [runId, until]));
  for (const summary of unfinished) {
    const until = due.get(summary.runId);
    if (summary.status === 'suspended') {
      if (until !== undefined) parts.driver.wakeAt(summary.runId, groupOf(summary), until);
      else if (!(await requestsInput(parts, summary))) parts.driver.enqueueResume(summary.runId, groupOf(summary));
    } else await goOnOrEnd(parts, summary);
  }
  if (unfinished.length > 0) parts.log.info({ runs: unfinished.length }, 'unfinished runs claimed');
  return unfinished.length;
}

/** Whether a suspended run without a time waits for a person. One that does not was answered, and its process died with the word that it goes on. */
async function requestsInput({ journal, log }: RecoveryParts, { runId }: RunSummary): Promise<boolean> {
  try {
    return (await journal.requests({ runId })).length > 0;
  } catch (error) {
    log.error({ runId, err: error }, 'the questions of a suspended run cannot be read: it stays suspended');
    return true;
  }
}

/** As many events at the end of a run are looked through for recoveries in a row; starts of nodes stand between them. */
const lookBack = 1_000;

async function goOnOrEnd(parts: RecoveryParts, summary: RunSummary): Promise<void> {
  if (parts.crashLimit > 0 && !parts.wasStoppedOrderly && summary.lastSeq >= parts.crashLimit) {
    const last = await parts.journal.events(summary.runId, { after: Math.max(0, summary.lastSeq - lookBack) });
    const crashes = crashesInARow(last);
    if (crashes >= parts.crashLimit) {
      const message = `The run was taken up ${crashes} times and each time the process ended before it got anywhere. Look at the node that was running, then resume the run.`;
      await parts.records.append(summary.runId, [
        {
          type: 'run-end',
          time: parts.clock.now(),
          status: 'failed',
          error: { code: 'crash_loop', message, retryable: false, details: { recoveries: crashes } },
        },
      ]);
      return;
    }
  }
  if (parts.wasStoppedOrderly) await resetCrashes(parts, summary);
  if (summary.startedAt === undefined) parts.driver.enqueueRecovered(summary.runId, groupOf(summary));
  else parts.driver.enqueueResume(summary.runId, groupOf(summary));
}

/** An orderly stop is no crash: recoveries before it do not count any more (D4). */
async function resetCrashes({ journal, records, clock }: RecoveryParts, { runId, lastSeq }: RunSummary): Promise<void> {
  const last = await journal.events(runId, { after: Math.max(0, lastSeq - 1) });
  if (crashesInARow(last) > 0)
    await records.append(runId, [{ type: 'run-resume', time: clock.now(), reason: 'released' }]);
}

/** Records that say that something was tried, not that it came to anything (D4, D6). */
const noProgress: ReadonlySet<RunEvent['type']> = new Set(['run-start', 'node-start', 'node-log', 'label-decision']);

/**
 * Recoveries at the end of a run's events in which a node began and nothing came of it. Where none began, the process ended before the
 * run had its turn: it had nothing to do with that.
 */
export function crashesInARow(events: readonly RunEvent[]): number {
  let count = 0;
  let hasBegun = false;
  for (let index = events.length - 1; index >= 0; index -= 1) {
    const event = events[index];
    if (event?.type === 'node-start') hasBegun = true;
    if (event === undefined || noProgress.has(event.type)) continue;
    if (event.type !== 'run-queue' && (event.type !== 'run-resume' || event.reason !== 'recovered')) break;
    if (hasBegun) count += 1;
    hasBegun = false;
  }
  return count;
}
