import { DeletedRun, RunCaller, RunSummary, type OwnedRun } from '@heddle/core';
import { z } from 'zod';
import type { TopicHub } from './topic-hub.js';

/** A removed run, with the facts that decide who may know of it. Only its `DeletedRun` part is sent. */
const RemovedState = DeletedRun.extend({ workflowId: z.string().optional(), caller: RunCaller.optional() });

/** A state of the topic `runs`, before it is filtered for a watcher. */
export const RunState = z.union([RemovedState, RunSummary]);

/** Notifies watchers of lists that these runs were removed, with one message for all. */
export function notifyRemovedRuns(topics: Pick<TopicHub, 'changed'>, runs: readonly OwnedRun[]): void {
  for (const { runId, workflowId, caller } of runs) {
    const state: z.infer<typeof RemovedState> = { runId, workflowId, caller, isDeleted: true };
    topics.changed('runs', runId, () => Promise.resolve(state));
  }
}
