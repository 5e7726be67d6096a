import type { WorkflowDocument } from '@heddle/core';
import type { NodeChange } from '@xyflow/react';
import { type Group, layoutOf, noteSize } from '../../document/index.js';
import { noteFlowId, partOf } from '../../view/index.js';
import type { FlowNode } from '../flow/flow-types.js';
import { cornerOf, frameOffset } from './group-frames.js';

/**
 * Adds to the moved elements those that a moved group takes along: its nodes, and the notes inside its frame. Their earlier positions come
 * from the document, which a drag changes only at its end.
 */
export function withMembers(
  document: WorkflowDocument,
  changes: NodeChange<FlowNode>[],
  shown: readonly FlowNode[],
): NodeChange<FlowNode>[] {
  const moved = new Set(changes.flatMap((change) => (change.type === 'position' ? [change.id] : [])));
  const along = changes.flatMap((change): NodeChange<FlowNode>[] => {
    if (change.type !== 'position' || change.position === undefined || partOf(change.id).kind !== 'group') return [];
    const layout = layoutOf(document);
    const group = layout.groups.find(({ id }) => id === partOf(change.id).id);
    const corner = group === undefined ? undefined : cornerOf(document, group);
    if (group === undefined || corner === undefined) return [];
    const offset = group.collapsed === true ? { x: 0, y: 0 } : frameOffset;
    const dx = change.position.x - corner[0] + offset.x;
    const dy = change.position.y - corner[1] + offset.y;
    const frame = shown.find(({ id }) => id === change.id);
    const positions = [
      ...nodesOf(document, group),
      ...(frame === undefined ? [] : notesInside(document, group, frame)),
    ];
    return positions.flatMap(([id, [x, y]]): NodeChange<FlowNode>[] =>
      moved.has(id)
        ? []
        : [{ id, type: 'position', position: { x: x + dx, y: y + dy }, dragging: change.dragging === true }],
    );
  });
  return along.length === 0 ? changes : [...changes, ...along];
}

type Placed = readonly [id: string, at: readonly [number, number]];

function nodesOf(document: WorkflowDocument, group: Group): readonly Placed[] {
  const { nodes } = layoutOf(document);
  return group.nodes.flatMap((id): Placed[] => {
    const at = nodes[id];
    return at === undefined ? [] : [[id, at]];
  });
}

/** Notes whose centre lies in the group's frame, by the document's positions. A collapsed group has no frame. */
function notesInside(document: WorkflowDocument, group: Group, { width = 0, height = 0 }: FlowNode): readonly Placed[] {
  const corner = cornerOf(document, group);
  if (corner === undefined || group.collapsed === true) return [];
  const left = corner[0] - frameOffset.x;
  const top = corner[1] - frameOffset.y;
  return layoutOf(document).notes.flatMap(({ id, at: [x, y], size: [noteWidth, noteHeight] = noteSize }): Placed[] => {
    const middleX = x + noteWidth / 2;
    const middleY = y + noteHeight / 2;
    const isInside = middleX > left && middleX < left + width && middleY > top && middleY < top + height;
    return isInside ? [[noteFlowId(id), [x, y]]] : [];
  });
}
