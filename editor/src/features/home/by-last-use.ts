import type { WorkflowSummary } from '@heddle/core';

/** Workflows by their last change or run, the newest first. */
export function byLastUse(workflows: readonly WorkflowSummary[]): WorkflowSummary[] {
  return [...workflows].sort((a, b) => lastUse(b) - lastUse(a));
}

const lastUse = ({ updatedAt, lastRun }: WorkflowSummary): number => Math.max(updatedAt, lastRun?.acceptedAt ?? 0);
