import type { Layout, WorkflowDocument } from '@heddle/core';
import { layoutOf } from '../layout/layout-of.js';
import { freeId } from './notes.js';

export type Group = Layout['groups'][number];

const indexes = new WeakMap<Layout['groups'], ReadonlyMap<string, Group>>();

/** The group of a node, which is in at most one. */
export function groupOf(document: WorkflowDocument, nodeId: string): Group | undefined {
  const { groups } = layoutOf(document);
  let index = indexes.get(groups);
  if (index === undefined) {
    index = new Map(groups.flatMap((group) => group.nodes.map((id) => [id, group] as const)));
    indexes.set(groups, index);
  }
  return index.get(nodeId);
}

/** The nodes of the given groups. */
export function nodesOfGroups(document: WorkflowDocument, groupIds: readonly string[]): readonly string[] {
  return layoutOf(document).groups.flatMap(({ id, nodes }) =>
    groupIds.includes(id) ? nodes.filter((node) => Object.hasOwn(document.nodes, node)) : [],
  );
}

/** Groups nodes and removes them from their earlier groups. Also returns the id of the group. */
export function groupNodes(
  document: WorkflowDocument,
  ids: readonly string[],
): { readonly document: WorkflowDocument; readonly id: string } {
  const layout = layoutOf(document);
  const id = freeId('group', layout.groups);
  const nodes = ids.filter((node) => Object.hasOwn(document.nodes, node));
  const others = layout.groups
    .map((group) => ({ ...group, nodes: group.nodes.filter((node) => !nodes.includes(node)) }))
    .filter((group) => group.nodes.length > 0);
  return { id, document: { ...document, layout: { ...layout, groups: [...others, { id, title: 'Group', nodes }] } } };
}

/** Removes groups and keeps their nodes. Returns the same document if none of the groups exists. */
export function ungroup(document: WorkflowDocument, ids: readonly string[]): WorkflowDocument {
  const layout = layoutOf(document);
  const groups = layout.groups.filter(({ id }) => !ids.includes(id));
  return groups.length === layout.groups.length ? document : { ...document, layout: { ...layout, groups } };
}

/** Changes one group. Returns the same document if the group does not exist or does not change. */
export function changeGroup(document: WorkflowDocument, id: string, change: (group: Group) => Group): WorkflowDocument {
  const layout = layoutOf(document);
  const before = layout.groups.find((group) => group.id === id);
  if (before === undefined) return document;
  const after = change(before);
  return after === before
    ? document
    : { ...document, layout: { ...layout, groups: layout.groups.map((group) => (group === before ? after : group)) } };
}

/** Collapses a group to one card, or expands it. */
export function toggleCollapsed(document: WorkflowDocument, id: string): WorkflowDocument {
  return changeGroup(document, id, ({ collapsed, ...group }) =>
    collapsed === true ? group : { ...group, collapsed: true },
  );
}
