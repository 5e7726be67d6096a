import type { DocumentNode } from '@heddle/core';

type Nodes = Readonly<Record<string, DocumentNode>>;

/** Whether two sets of nodes have the same ids, types and titles. Lists of nodes show nothing else. */
export function isSameOutline(a: Nodes, b: Nodes): boolean {
  if (a === b) return true;
  const ids = Object.keys(a);
  if (ids.length !== Object.keys(b).length) return false;
  return ids.every((id) => {
    const one = a[id];
    const other = b[id];
    return one === other || (other !== undefined && one?.type === other.type && one.title === other.title);
  });
}
