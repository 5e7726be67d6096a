import type { Issue } from '@heddle/core';

const indexes = new WeakMap<readonly Issue[], ReadonlyMap<string, Issue>>();

/** The issue of an edge that can carry data above its destination's clearance. The issues are indexed once, not once per edge. */
export function exceedingAt(issues: readonly Issue[] | undefined, edge: string): Issue | undefined {
  if (issues === undefined) return undefined;
  let index = indexes.get(issues);
  if (index === undefined) {
    index = new Map(
      issues.flatMap((issue) =>
        issue.code === 'label-exceeds' && issue.edge !== undefined ? [[issue.edge, issue]] : [],
      ),
    );
    indexes.set(issues, index);
  }
  return index.get(edge);
}
