import type { DocumentNode, InnerWorkflow, WorkflowDocument } from '@heddle/core';
import type { InnerPath } from '../../../ui/navigation/inner-path.js';

/** An inner workflow as a document of its own. It includes its sibling workflows, because it may reference them. */
export function asDocument(
  around: WorkflowDocument,
  name: string,
  { title, ...graph }: InnerWorkflow,
): WorkflowDocument {
  return {
    heddle: around.heddle,
    name: title ?? name,
    ...graph,
    workflows: around.workflows,
  };
}

/**
 * The names of the inner workflows that a node runs, in the order of its settings: one for a loop over a list, several for an agent's
 * tools.
 */
export function innerNamesOf(config: unknown, depth = 4): readonly string[] {
  if (depth === 0 || typeof config !== 'object' || config === null) return [];
  const names = Object.entries(config).flatMap(([key, value]: [string, unknown]): readonly string[] =>
    key === 'workflow' && typeof value === 'string' && value.length > 1 && value.startsWith('#')
      ? [value.slice(1)]
      : innerNamesOf(value, depth - 1),
  );
  return [...new Set(names)];
}

/** The names of the inner workflows that nodes run, directly or indirectly. Includes names for which there is no workflow. */
export function reachedNames(
  nodes: readonly DocumentNode[],
  workflows: Readonly<Record<string, InnerWorkflow>> = {},
): ReadonlySet<string> {
  const known = new Map(Object.entries(workflows));
  const reached = new Set(nodes.flatMap(({ config }) => innerNamesOf(config)));
  // The loop also visits names that are added meanwhile. A set holds each name once, so a cycle ends.
  for (const name of reached)
    for (const { config } of Object.values(known.get(name)?.nodes ?? {}))
      for (const next of innerNamesOf(config)) reached.add(next);
  return reached;
}

/** The inner workflow at the end of a path; undefined if a node on the path no longer exists or now runs another workflow. */
export function documentInside(root: WorkflowDocument, path: InnerPath): WorkflowDocument | undefined {
  let current: WorkflowDocument | undefined = root;
  for (const { node, name } of path) {
    const inner: InnerWorkflow | undefined = ownOf(root.workflows, name);
    if (inner === undefined || !innerNamesOf(ownOf(current.nodes, node)?.config).includes(name)) return undefined;
    current = asDocument(root, name, inner);
  }
  return current;
}

/** The outer document with a changed inner workflow. Keeps the workflows that other nodes still run. */
export function withInside(root: WorkflowDocument, name: string, changed: WorkflowDocument): WorkflowDocument {
  const before = ownOf(root.workflows, name);
  const { heddle: _heddle, name: title, description: _description, workflows: beside, ...graph } = changed;
  const isTitled = before?.title !== undefined || title !== name;
  const inner: InnerWorkflow = isTitled ? { title, ...graph } : graph;
  const next = { ...beside, [name]: inner };
  const gone = Object.entries(root.workflows ?? {}).filter(([key]) => !Object.hasOwn(next, key));
  const running = [root, ...Object.values(next)].flatMap(({ nodes }) => Object.values(nodes));
  const reached = reachedNames(running, { ...root.workflows, ...next });
  const kept = gone.filter(([key]) => reached.has(key));
  return { ...root, workflows: { ...Object.fromEntries(kept), ...next } };
}

function ownOf<Value>(record: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
