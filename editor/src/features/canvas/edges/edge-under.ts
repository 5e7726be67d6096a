import type { InternalNode } from '@xyflow/react';
import type { Box } from '../../document/index.js';
import type { FlowEdge, FlowNode } from '../flow/flow-types.js';
import { backLevel } from './loop-edge.js';

const samples = 20;

/** The edge that runs through the centre of a card; undefined for none. */
export function edgeUnder(
  card: Box & { readonly id: string },
  edges: readonly FlowEdge[],
  nodes: ReadonlyMap<string, InternalNode<FlowNode>>,
): string | undefined {
  const { id, x, y, width, height } = card;
  const inner = { left: x + 16, right: x + width - 16, top: y + 4, bottom: y + height - 4 };
  return edges.find((edge) => {
    const from = handlePoint(nodes.get(edge.source), 'source', edge.sourceHandle);
    const to = handlePoint(nodes.get(edge.target), 'target', edge.targetHandle);
    if (from === undefined || to === undefined) return false;
    const ends = { sourceX: from.x, sourceY: from.y, targetX: to.x, targetY: to.y };
    const isLoop = edge.data?.loop !== undefined;
    const level = backLevel({ id: edge.id, source: edge.source, target: edge.target, isLoop, ...ends }, nodes, id);
    if (level !== undefined)
      return level > inner.top && level < inner.bottom && to.x < inner.right && from.x > inner.left;
    const reach = Math.max(60, Math.abs(to.x - from.x) / 2);
    for (let step = 1; step < samples; step += 1) {
      const t = step / samples;
      const atX = bezier(t, from.x, from.x + reach, to.x - reach, to.x);
      const atY = bezier(t, from.y, from.y, to.y, to.y);
      if (atX > inner.left && atX < inner.right && atY > inner.top && atY < inner.bottom) return true;
    }
    return false;
  })?.id;
}

function handlePoint(
  node: InternalNode<FlowNode> | undefined,
  side: 'source' | 'target',
  handleId: string | null | undefined,
): { readonly x: number; readonly y: number } | undefined {
  const handle = node?.internals.handleBounds?.[side]?.find(({ id }) => id === handleId);
  if (node === undefined || handle === undefined) return undefined;
  const { x, y } = node.internals.positionAbsolute;
  return { x: x + handle.x + handle.width / 2, y: y + handle.y + handle.height / 2 };
}

function bezier(t: number, a: number, b: number, c: number, d: number): number {
  const rest = 1 - t;
  return rest ** 3 * a + 3 * rest ** 2 * t * b + 3 * rest * t ** 2 * c + t ** 3 * d;
}
