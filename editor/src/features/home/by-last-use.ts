import type { WorkflowSummary } from '@heddle/core';

/** Sorts workflows by their last change or run, newest first. */
export function byLastUse(workflows: readonly WorkflowSummary[]): WorkflowSummary[] {
  return [...workflows].sort((a, b) => lastUse(b) - lastUse(a));
}

const lastUse = ({ updatedAt, lastRun }: WorkflowSummary): number => Math.max(updatedAt, lastRun?.acceptedAt ?? 0);
