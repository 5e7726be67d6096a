import { useNodesInitialized, useReactFlow, useStore, useStoreApi } from '@xyflow/react';
import { useEffect } from 'react';
import { useSession } from '../session.js';
import type { CanvasHandle } from '../view/view-store.js';
import { fitOptions, largeFitOptions, manyNodes } from './fit-options.js';
import type { FlowEdge, FlowNode } from './flow-types.js';
import { isPartHidden } from './is-map-shown.js';
import { isWhole, shiftInto } from './is-whole.js';
import { useFitOpenedRun } from './use-fit-opened-run.js';

const duration = 160;

/** Exposes the canvas to commands, and keeps the workflow in view when the canvas size changes, as on a rotated phone. */
export function CanvasHandleKeeper(): null {
  const { view } = useSession();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  const isLargeReady = useStore((state) => state.nodes.length > manyNodes && state.width > 0);
  // The estimated sizes of a large workflow are known before the canvas size.
  useEffect(() => {
    if (isLargeReady) void flow.fitView(largeFitOptions);
  }, [flow, isLargeReady]);
  const isMeasured = useNodesInitialized();
  useEffect(() => {
    // React Flow's own first fit may run before all cards are measured; then nothing was in view.
    const [x, y, zoom] = store.getState().transform;
    const options = store.getState().nodes.length > manyNodes ? largeFitOptions : fitOptions;
    if (isMeasured && x === 0 && y === 0 && zoom === 1) void flow.fitView({ ...options, duration: 0 });
  }, [flow, store, isMeasured]);
  useFitOpenedRun();
  useEffect(() => {
    const { domNode } = store.getState();
    if (domNode === null) return undefined;
    let pointer: { readonly x: number; readonly y: number } | undefined;
    const onMove = (event: PointerEvent): void => void (pointer = { x: event.clientX, y: event.clientY });
    domNode.addEventListener('pointermove', onMove);
    domNode.addEventListener('pointerdown', onMove);
    const place = (at: { readonly x: number; readonly y: number }): readonly [number, number] => {
      const { x, y } = flow.screenToFlowPosition(at);
      return [x, y];
    };
    const centre = (): readonly [number, number] => {
      const box = domNode.getBoundingClientRect();
      return place({ x: box.left + box.width / 2 - 90, y: box.top + box.height / 2 - 60 });
    };
    const handle: CanvasHandle = {
      fit: (nodeIds) =>
        void flow.fitView({
          ...fitOptions,
          duration,
          ...(nodeIds === undefined ? {} : { nodes: nodeIds.map((id) => ({ id })), padding: 0.3 }),
        }),
      centre,
      pointer: () => (pointer === undefined ? centre() : place(pointer)),
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration }),
      isPartHidden: () => isPartHidden(store.getState()),
      focus: (nodeId) => reveal(nodeId),
      bringIn: (id) => bringIn(id, 12),
      boxOf: (nodeId) => {
        const node = flow.getInternalNode(nodeId);
        const { width, height } = node?.measured ?? {};
        return node === undefined || width === undefined || height === undefined
          ? undefined
          : { ...node.internals.positionAbsolute, width, height };
      },
    };
    const reveal = (nodeId: string): void => {
      const node = flow.getInternalNode(nodeId);
      if (node === undefined) return;
      const { x, y } = node.internals.positionAbsolute;
      const { width = 248, height = 120 } = node.measured;
      // A workflow that is fully visible stays where it is.
      const room = { ...flow.getViewport(), width: domNode.clientWidth, height: domNode.clientHeight };
      if (room.zoom >= 0.6 && isWhole({ x, y, width, height }, room)) return;
      void flow.setCenter(x + width / 2, y + height / 2, { zoom: Math.max(flow.getZoom(), 0.6), duration });
    };
    // A new node has no size before it is drawn.
    const bringIn = (id: string, frames: number): void => {
      const node = flow.getInternalNode(id);
      const { width, height } = node?.measured ?? {};
      if (node === undefined || width === undefined || height === undefined) {
        if (frames > 0) requestAnimationFrame(() => bringIn(id, frames - 1));
        return;
      }
      const room = { ...flow.getViewport(), width: domNode.clientWidth, height: domNode.clientHeight };
      const [dx, dy] = shiftInto({ ...node.internals.positionAbsolute, width, height }, room);
      if (dx !== 0 || dy !== 0)
        void flow.setViewport({ x: room.x + dx, y: room.y + dy, zoom: room.zoom }, { duration });
    };
    view.setState({ canvas: handle });
    let [width, height] = [domNode.clientWidth, domNode.clientHeight];
    const observer = new ResizeObserver(() => {
      const [dx, dy] = [domNode.clientWidth - width, domNode.clientHeight - height];
      if (Math.abs(dx) < 40 && Math.abs(dy) < 40) return;
      const { x, y, zoom } = flow.getViewport();
      const isLarge = store.getState().nodes.length > manyNodes;
      const wasWhole = !isLarge && isWhole(flow.getNodesBounds(store.getState().nodes), { x, y, zoom, width, height });
      width += dx;
      height += dy;
      // A fully visible workflow stays fully visible; otherwise, and for a large workflow, the centre stays the centre.
      if (wasWhole || (!isLarge && Math.abs(dx) >= 40)) void flow.fitView({ ...fitOptions, duration: 0 });
      else void flow.setViewport({ x: x + dx / 2, y: y + dy / 2, zoom });
    });
    observer.observe(domNode);
    return () => {
      domNode.removeEventListener('pointermove', onMove);
      domNode.removeEventListener('pointerdown', onMove);
      observer.disconnect();
      if (view.getState().canvas === handle) view.setState({ canvas: undefined });
    };
  }, [flow, store, view]);
  return null;
}
