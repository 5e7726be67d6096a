import { HeddleError, type Plan, type PlanNode } from '@heddle/core';

/** The path of an execution, with the prefix of its frame and the iterations, outermost first: `rewrite@0.2`. */
export function executionPath(prefix: string, node: PlanNode, iterations: Int32Array): string {
  const path = prefix === '' ? node.id : prefix + node.id;
  if (node.regionChain.length === 0) return path;
  let suffix = '';
  for (const region of node.regionChain)
    suffix += suffix === '' ? `@${iterations[region] ?? 0}` : `.${iterations[region] ?? 0}`;
  return path + suffix;
}

/** The path prefix of a nested run: `each@1#3/`. The characters `/`, `#` and `@` in a key are escaped. */
export function nestedPrefix(path: string, key: string): string {
  return `${path}#${/^[A-Za-z0-9._-]+$/.test(key) ? key : encodeURIComponent(key)}/`;
}

/** The prefix of a path; empty in the outermost run. */
export function prefixOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The node that the last segment of a path names. */
export function nodeOfPath(plan: Plan, path: string): PlanNode | undefined {
  const segment = path.slice(path.lastIndexOf('/') + 1);
  const end = segment.search(/[@#]/);
  const index = plan.indexOf.get(end < 0 ? segment : segment.slice(0, end));
  return index === undefined ? undefined : plan.nodes[index];
}

/** Returns an element of a plan's list. Throws if it is missing, which is a bug. */
export function elementAt<T>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new HeddleError('internal', `The plan has nothing at index ${index}.`);
  return element;
}
