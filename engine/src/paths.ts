import { HeddleError, type Plan, type PlanNode } from '@heddle/core';

/** The path of an execution inside its frame's prefix: `rewrite@0.2`, outermost iteration first. */
export function executionPath(prefix: string, node: PlanNode, iterations: Int32Array): string {
  const path = prefix === '' ? node.id : prefix + node.id;
  if (node.regionChain.length === 0) return path;
  let suffix = '';
  for (const region of node.regionChain)
    suffix += suffix === '' ? `@${iterations[region] ?? 0}` : `.${iterations[region] ?? 0}`;
  return path + suffix;
}

/** The prefix of a nested run's paths: `each@1#3/`. Keys are escaped where they hold `/`, `#` or `@`. */
export function nestedPrefix(path: string, key: string): string {
  return `${path}#${/^[A-Za-z0-9._-]+$/.test(key) ? key : encodeURIComponent(key)}/`;
}

/** The prefix that a path stands under; empty in the outermost run. */
export function prefixOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The node of a path, by its last segment. */
export function nodeOfPath(plan: Plan, path: string): PlanNode | undefined {
  const segment = path.slice(path.lastIndexOf('/') + 1);
  const end = segment.search(/[@#]/);
  const index = plan.indexOf.get(end < 0 ? segment : segment.slice(0, end));
  return index === undefined ? undefined : plan.nodes[index];
}

/** Element of a plan's list that must be there. */
export function elementAt<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new HeddleError('internal', `The plan has nothing at index ${index}.`);
  return element;
}
