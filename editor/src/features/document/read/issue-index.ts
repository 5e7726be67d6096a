import type { Issue } from '@heddle/core';

const indexes = new WeakMap<readonly Issue[], ReadonlyMap<string, number>>();

/** The number of errors of a node. A document's issues are indexed once, not once per node. */
export function errorCount(issues: readonly Issue[] | undefined, nodeId: string): number {
  if (issues === undefined) return 0;
  let index = indexes.get(issues);
  if (index === undefined) {
    const counts = new Map<string, number>();
    for (const issue of issues)
      if (issue.node !== undefined && issue.severity === 'error')
        counts.set(issue.node, (counts.get(issue.node) ?? 0) + 1);
    index = counts;
    indexes.set(issues, index);
  }
  return index.get(nodeId) ?? 0;
}
