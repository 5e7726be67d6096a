import type { WorkflowDocument } from '@heddle/core';
import { cardWidth, guessHeight, type NodeTypes } from '../../document/index.js';
import type { FlowNode } from './flow-types.js';
import { withFrames } from '../groups/group-frames.js';

/** The smallest gap between a card with its results and the card below. */
const gap = 16;

interface Placed {
  readonly node: FlowNode;
  readonly top: number;
}

/**
 * The elements of the canvas while a run is shown: a card that results made taller moves the cards below it down, so that none covers
 * another. This changes only the drawing, not the document; without a run, the cards are at their own positions. Cards that overlap in the
 * document stay where they are. A dragged card neither moves others nor is moved.
 */
export function pushApart(document: WorkflowDocument, nodes: readonly FlowNode[], byType?: NodeTypes): FlowNode[] {
  // Only cards of the same column and its neighbours can meet.
  const columns = new Map<number, Placed[]>();
  const moved = new Map<string, number>();
  const cards = nodes.filter((node) => node.type === 'card').sort((a, b) => a.position.y - b.position.y);
  for (const node of cards) {
    const column = Math.floor(node.position.x / cardWidth);
    const near = [column - 1, column, column + 1].flatMap((index) => columns.get(index) ?? []);
    const top = topBelow(document, node, near, byType);
    if (top !== node.position.y) moved.set(node.id, top);
    columns.set(column, [...(columns.get(column) ?? []), { node, top }]);
  }
  if (moved.size === 0) return [...nodes];
  const apart = nodes.map((node) => {
    const y = moved.get(node.id);
    return y === undefined ? node : { ...node, position: { x: node.position.x, y } };
  });
  return withFrames(document, apart);
}

/** How far down a card must be drawn so that it is below the cards that were above it before the run. */
function topBelow(
  document: WorkflowDocument,
  node: FlowNode,
  above: readonly Placed[],
  byType: NodeTypes | undefined,
): number {
  let top = node.position.y;
  if (node.dragging === true) return top;
  for (const other of above) {
    if (other.node.dragging === true || Math.abs(other.node.position.x - node.position.x) >= cardWidth) continue;
    const gapBefore = node.position.y - other.node.position.y - guessHeight(document, other.node.id, byType);
    if (gapBefore < 0) continue;
    const bottom = other.top + (other.node.measured?.height ?? 0) + Math.min(gap, gapBefore);
    if (bottom > top) top = bottom;
  }
  return top;
}
