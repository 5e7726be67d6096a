import type { CallScope, NodeContext, RunAcceptance, ScopeRecord } from '@heddle/core';

/** What the host may know of an execution and write about it. */
export function scopeOf(
  context: NodeContext & { writeScope(record: ScopeRecord): void },
  run: RunAcceptance,
): CallScope {
  return {
    runId: context.runId,
    path: context.path,
    attempt: context.attempt,
    run,
    get signal() {
      return context.signal;
    },
    get label() {
      return context.label;
    },
    record: (record) => context.writeScope(record),
  };
}
