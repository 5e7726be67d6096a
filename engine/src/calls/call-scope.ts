import type { CallScope, NodeContext, RunAcceptance, ScopeRecord } from '@heddle/core';
import { nearestPassages } from './nearest-passages.js';
import type { Task } from '../run/run-tree.js';

/** Builds the scope of an execution: what the host may read of it, and what it may do in it. */
export function scopeOf(
  context: NodeContext & { writeScope(record: ScopeRecord): void },
  task: Task,
  run: RunAcceptance,
): CallScope {
  return {
    runId: context.runId,
    path: context.path,
    attempt: context.attempt,
    failures: task.failures,
    run,
    get signal() {
      return context.signal;
    },
    get label() {
      return context.label;
    },
    requestInput: (key, question) => context.requestInput(key, question),
    sleep: (until) => context.sleep(until),
    passages: () => nearestPassages(task),
    record: (record) => context.writeScope(record),
  };
}
