import { isSameValue, type DocumentNode, type InnerWorkflow } from '@heddle/core';
import { innerNamesOf, reachedNames } from '../inner/inner-document.js';

type Workflows = Readonly<Record<string, InnerWorkflow>>;

/**
 * Chooses names under which inner workflows can be added to existing ones. `isHere` says that the same workflow already exists, with
 * everything that it runs; it then shares that name.
 */
export function freeInnerNames(
  coming: Workflows,
  here: Workflows,
): ReadonlyMap<string, { readonly name: string; readonly isHere: boolean }> {
  const theirs = new Map(Object.entries(here));
  const ours = new Map(Object.entries(coming));
  const isSame = (name: string): boolean => isSameValue(ours.get(name), theirs.get(name));
  const taken = new Set(theirs.keys());
  const names = new Map<string, { name: string; isHere: boolean }>();
  for (const [name, workflow] of ours) {
    const isHere = [name, ...reachedNames(Object.values(workflow.nodes), coming)].every(isSame);
    let next = name;
    if (!isHere) for (let number = 2; taken.has(next); number += 1) next = `${name}-${number}`;
    taken.add(next);
    names.set(name, { name: next, isHere });
  }
  return names;
}

/** Renames the inner workflows that a node runs. Returns the same node if no name changes. */
export function withInnerNames(node: DocumentNode, nameOf: (name: string) => string): DocumentNode {
  if (innerNamesOf(node.config).every((name) => nameOf(name) === name)) return node;
  return { ...node, config: renamedIn(node.config, nameOf, 4) };
}

// Searches as deep as `innerNamesOf`, so that both find the same names.
function renamedIn(
  config: Readonly<Record<string, unknown>>,
  nameOf: (name: string) => string,
  depth: number,
): Record<string, unknown> {
  const renamed = (value: unknown, left: number): unknown => {
    if (left === 0 || typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((entry: unknown) => renamed(entry, left - 1));
    return renamedIn({ ...value }, nameOf, left);
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      key === 'workflow' && typeof value === 'string' && value.length > 1 && value.startsWith('#')
        ? `#${nameOf(value.slice(1))}`
        : renamed(value, depth - 1),
    ]),
  );
}
