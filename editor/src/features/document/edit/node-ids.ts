import { forbiddenNames, type WorkflowDocument } from '@heddle/core';

/** A free id for a new node: its type, with a number if that is taken. */
export function freeNodeId(type: string, taken: (id: string) => boolean): string {
  const base =
    (type.split(/[/:.@]/).at(-1) ?? type)
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^[^a-z]+/, '')
      .slice(0, 50) || 'node';
  if (!taken(base) && !forbiddenNames.has(base)) return base;
  for (let number = 2; ; number += 1) {
    const id = `${base}-${number}`;
    if (!taken(id)) return id;
  }
}

/** Whether a document has a node with this id. */
export function hasNode(document: WorkflowDocument, id: string): boolean {
  return Object.hasOwn(document.nodes, id);
}
