import type { InternalNode } from '@xyflow/react';
import type { Box } from '../view/view-store.js';
import type { FlowEdge, FlowNode } from './flow-types.js';

const samples = 20;

/** The thread that runs through the middle of a box; undefined for none. */
export function edgeUnder(
  box: Box,
  edges: readonly FlowEdge[],
  nodeOf: (id: string) => InternalNode<FlowNode> | undefined,
): string | undefined {
  const inner = { left: box.x + 16, right: box.x + box.width - 16, top: box.y + 4, bottom: box.y + box.height - 4 };
  return edges.find((edge) => {
    const [from, to] = [
      handlePoint(nodeOf(edge.source), 'source', edge.sourceHandle),
      handlePoint(nodeOf(edge.target), 'target', edge.targetHandle),
    ];
    if (from === undefined || to === undefined) return false;
    const reach = Math.max(60, Math.abs(to.x - from.x) / 2);
    for (let step = 1; step < samples; step += 1) {
      const t = step / samples;
      const x = bezier(t, from.x, from.x + reach, to.x - reach, to.x);
      const y = bezier(t, from.y, from.y, to.y, to.y);
      if (x > inner.left && x < inner.right && y > inner.top && y < inner.bottom) return true;
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
