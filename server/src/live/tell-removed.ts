import { DeletedRun, RunCaller, RunSummary, type OwnedRun } from '@heddle/core';
import { z } from 'zod';
import type { TopicHub } from './topic-hub.js';

/** A run that was removed, with what tells who may hear of it; only the `DeletedRun` in it goes out. */
const RemovedState = DeletedRun.extend({ workflowId: z.string().optional(), caller: RunCaller.optional() });

/** A state of the topic `runs` before it is known who hears it. */
export const RunState = z.union([RemovedState, RunSummary]);

/** Tells those who look at lists of runs that these are there no more: what is told together goes out as one message. */
export function tellRemoved(topics: Pick<TopicHub, 'changed'>, runs: readonly OwnedRun[]): void {
  for (const { runId, workflowId, caller } of runs) {
    const state: z.infer<typeof RemovedState> = { runId, workflowId, caller, isDeleted: true };
    topics.changed('runs', runId, () => Promise.resolve(state));
  }
}
