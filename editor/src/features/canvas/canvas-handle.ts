import type { ReactFlowInstance, ReactFlowState } from '@xyflow/react';
import { fitOptions, isPartHidden, manyNodes, type CanvasHandle } from '../view/index.js';
import type { Box } from '../document/index.js';
import type { FlowEdge, FlowNode } from './flow/flow-types.js';
import { isFullyVisible, shiftInto } from './is-fully-visible.js';
import type { SteadyView } from './steady-view.js';

type Flow = ReactFlowInstance<FlowNode, FlowEdge>;
type StateNow = () => ReactFlowState<FlowNode, FlowEdge>;
interface Point {
  readonly x: number;
  readonly y: number;
}

/** A new node has no size before it is drawn; this is the maximum number of frames to wait for it. */
const mostFrames = 12;

/** Creates the canvas functions for commands. `pointer` is the last pointer position in the window. */
export function createCanvasHandle(
  flow: Flow,
  stateNow: StateNow,
  domNode: HTMLElement,
  { move }: SteadyView,
  pointer: () => Point | undefined,
): CanvasHandle {
  const centre = (): readonly [number, number] => {
    const { left, top, width, height } = domNode.getBoundingClientRect();
    return positionAt(flow, { x: left + width / 2 - 90, y: top + height / 2 - 60 });
  };
  const boxOf = (id: string): Box | undefined => {
    const node = flow.getInternalNode(id);
    const { width, height } = node?.measured ?? {};
    return node === undefined || width === undefined || height === undefined
      ? undefined
      : { ...node.internals.positionAbsolute, width, height };
  };
  const room = () => ({ ...flow.getViewport(), width: domNode.clientWidth, height: domNode.clientHeight });
  const bringIn = (id: string, frames: number): void => {
    const box = boxOf(id);
    if (box === undefined) {
      if (frames > 0) requestAnimationFrame(() => bringIn(id, frames - 1));
      return;
    }
    move((duration) => {
      const { x, y, zoom } = room();
      const [dx, dy] = shiftInto(box, room());
      if (dx !== 0 || dy !== 0) void flow.setViewport({ x: x + dx, y: y + dy, zoom }, { duration });
    });
  };
  return {
    fit: (nodeIds) => {
      const some = nodeIds === undefined ? {} : { nodes: nodeIds.map((id) => ({ id })), padding: 0.3 };
      move((duration) => void flow.fitView({ ...fitOptions, duration, ...some }));
    },
    centre,
    pointer: () => {
      const at = pointer();
      return at === undefined ? centre() : positionAt(flow, at);
    },
    zoomBy: (factor) => move((duration) => void flow.zoomTo(flow.getZoom() * factor, { duration })),
    isPartHidden: () => isPartHidden(stateNow()),
    focus: (nodeId) => {
      const node = flow.getInternalNode(nodeId);
      if (node === undefined) return;
      const { x, y } = node.internals.positionAbsolute;
      const { width = 248, height = 120 } = node.measured;
      // If the node is fully visible and large enough to read, the view does not move.
      if (room().zoom >= 0.6 && isFullyVisible({ x, y, width, height }, room())) return;
      const zoom = Math.max(flow.getZoom(), 0.6);
      move((duration) => void flow.setCenter(x + width / 2, y + height / 2, { zoom, duration }));
    },
    bringIn: (id) => bringIn(id, mostFrames),
    boxOf,
  };
}

function positionAt(flow: Flow, at: Point): readonly [number, number] {
  const { x, y } = flow.screenToFlowPosition(at);
  return [x, y];
}

/** Keeps the workflow in view when the canvas size changes, for example when a phone is rotated. Returns a function that stops it. */
export function keepInView(flow: Flow, stateNow: StateNow, domNode: HTMLElement, { move }: SteadyView): () => void {
  let width = domNode.clientWidth;
  let height = domNode.clientHeight;
  const keep = (): void => {
    const dx = domNode.clientWidth - width;
    const dy = domNode.clientHeight - height;
    if (Math.abs(dx) < 40 && Math.abs(dy) < 40) return;
    const { x, y, zoom } = flow.getViewport();
    const { nodes } = stateNow();
    const isLarge = nodes.length > manyNodes;
    const wasWhole = !isLarge && isFullyVisible(flow.getNodesBounds(nodes), { x, y, zoom, width, height });
    width += dx;
    height += dy;
    // A fully visible workflow stays fully visible. Otherwise, and for a large workflow, the centre of the view stays.
    if (wasWhole || (!isLarge && Math.abs(dx) >= 40)) void flow.fitView({ ...fitOptions, duration: 0 });
    else void flow.setViewport({ x: x + dx / 2, y: y + dy / 2, zoom });
  };
  const observer = new ResizeObserver(() => move(keep));
  observer.observe(domNode);
  return () => observer.disconnect();
}
