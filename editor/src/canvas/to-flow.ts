import { edgeId, splitEnd, type WorkflowDocument } from '@heddle/core';
import type { Edge, Node } from '@xyflow/react';

/** A node of the canvas carries nothing: its card reads its slice of the document by id. */
export type FlowNode = Node<Record<string, never>, 'card'>;
export type FlowEdge = Edge<{ readonly isLoop: boolean }, 'thread'>;

const columnWidth = 320;
const rowHeight = 220;
const noData: Record<string, never> = {};

/** Nodes of the canvas; one that has not changed is the same object as before, so that nothing is drawn twice. */
export function flowNodes(document: WorkflowDocument, before: readonly FlowNode[]): FlowNode[] {
  const known = new Map(before.map((node) => [node.id, node]));
  const places = document.layout?.nodes ?? {};
  const hasPlaces = Object.keys(document.nodes).every((id) => places[id] !== undefined);
  const columns = hasPlaces ? undefined : columnsOf(document);
  return Object.keys(document.nodes).map((id) => {
    const at = places[id] ?? columns?.get(id) ?? [0, 0];
    const same = known.get(id);
    if (same !== undefined && same.position.x === at[0] && same.position.y === at[1]) return same;
    return { ...same, id, type: 'card', position: { x: at[0], y: at[1] }, data: noData };
  });
}

/** Edges of the canvas; an edge whose ends cannot be read is left to the issues. */
export function flowEdges(document: WorkflowDocument, selected: ReadonlySet<string> = new Set()): FlowEdge[] {
  return document.edges.flatMap((edge) => {
    const from = splitEnd(edge.from);
    const to = splitEnd(edge.to);
    if (from === undefined || to === undefined || document.nodes[from.node] === undefined || document.nodes[to.node] === undefined) return [];
    return [
      {
        id: edgeId(edge),
        type: 'thread' as const,
        source: from.node,
        sourceHandle: from.port,
        target: to.node,
        targetHandle: to.port,
        selected: selected.has(edgeId(edge)),
        data: { isLoop: edge.loop !== undefined },
        ariaLabel: `From ${edge.from} to ${edge.to}`,
      },
    ];
  });
}

/** Columns by distance from the start, for documents without places. Loop edges do not count. */
function columnsOf(document: WorkflowDocument): Map<string, readonly [number, number]> {
  const incoming = new Map<string, number>();
  const next = new Map<string, string[]>();
  for (const edge of document.edges) {
    const from = splitEnd(edge.from)?.node;
    const to = splitEnd(edge.to)?.node;
    if (edge.loop !== undefined || from === undefined || to === undefined) continue;
    next.set(from, [...(next.get(from) ?? []), to]);
    incoming.set(to, (incoming.get(to) ?? 0) + 1);
  }
  const column = new Map<string, number>();
  let open = Object.keys(document.nodes).filter((id) => !incoming.has(id));
  for (const id of open) column.set(id, 0);
  while (open.length > 0) {
    const following: string[] = [];
    for (const id of open) {
      for (const target of next.get(id) ?? []) {
        column.set(target, Math.max(column.get(target) ?? 0, (column.get(id) ?? 0) + 1));
        incoming.set(target, (incoming.get(target) ?? 1) - 1);
        if (incoming.get(target) === 0) following.push(target);
      }
    }
    open = following;
  }
  const rows = new Map<number, number>();
  return new Map(
    Object.keys(document.nodes).map((id) => {
      const at = column.get(id) ?? 0;
      const row = rows.get(at) ?? 0;
      rows.set(at, row + 1);
      return [id, [at * columnWidth, row * rowHeight]];
    }),
  );
}
