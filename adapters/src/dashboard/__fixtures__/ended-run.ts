import type { Journal, RollupStore, RunCaller, RunRecord } from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, records } from '@heddle/core/testing';

/** A run that ended. */
export interface Run {
  readonly at?: number;
  readonly ms?: number;
  readonly status?: 'done' | 'failed' | 'cancelled';
  readonly workflow?: string;
  readonly message?: string;
  readonly node?: string;
  readonly version?: number;
  readonly caller?: RunCaller;
  readonly more?: readonly RunRecord[];
}

/** Stores a run that ended. */
export async function endedRun(journal: Journal, runId: string, given: Run = {}): Promise<void> {
  const { at = 1_000, ms = 100, status = 'done', message = 'It broke.', node = 'say', more = [] } = given;
  const { workflow = 'w', version, caller } = given;
  await journal.accept(
    acceptanceOf(runId, { time: at, workflowId: workflow, version, caller }),
    bundleNamed('A'),
  );
  const error = { code: 'node_failed', message, retryable: false };
  const failure: RunRecord[] =
    status === 'failed'
      ? [{ type: 'node-error', time: at + ms, path: node, attempt: 1, error, started: at, isCarried: false }]
      : [];
  const end: RunRecord = { type: 'run-end', time: at + ms, status, ...(status === 'failed' ? { error } : {}) };
  await appendTo(journal, runId, [records.runStart(at), ...more, ...failure, end]);
}

/** Counts all that waits, and gives how many runs were counted. */
export async function countAll(store: RollupStore, limit = 50): Promise<number> {
  let runs = 0;
  for (;;) {
    const step = await store.step(limit);
    runs += step.runs;
    if (step.isDone) return runs;
  }
}
