import {
  useNodesInitialized,
  useReactFlow,
  useStore,
  useStoreApi,
  type ReactFlowInstance,
  type ReactFlowState,
} from '@xyflow/react';
import { useEffect } from 'react';
import { useSession } from '../session/index.js';
import { fitOptions, largeFitOptions, manyNodes } from '../view/index.js';
import { createCanvasHandle, keepInView } from './canvas-handle.js';
import type { FlowEdge, FlowNode } from './flow/flow-types.js';
import { startView } from './start-view.js';
import { createSteadyView } from './steady-view.js';
import { useFitOpenedRun } from './use-fit-opened-run.js';

/** Exposes the canvas to commands. Keeps the workflow in view when the canvas size changes, for example when a phone is rotated. */
export function CanvasHandleKeeper(): null {
  const { view } = useSession();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  const isLargeReady = useStore((state) => state.nodes.length > manyNodes && state.width > 0);
  // For a large workflow, the estimated card sizes are known before the size of the canvas.
  useEffect(() => {
    if (isLargeReady) showStart(flow, store.getState());
  }, [flow, store, isLargeReady]);
  const isMeasured = useNodesInitialized();
  useEffect(() => {
    // React Flow may fit the view before all cards are measured; then nothing is in view.
    const [x, y, zoom] = store.getState().transform;
    if (!isMeasured || x !== 0 || y !== 0 || zoom !== 1) return;
    if (store.getState().nodes.length > manyNodes) showStart(flow, store.getState());
    else void flow.fitView({ ...fitOptions, duration: 0 });
  }, [flow, store, isMeasured]);
  useFitOpenedRun();
  useEffect(() => {
    const { domNode } = store.getState();
    if (domNode === null) return undefined;
    let pointer: { readonly x: number; readonly y: number } | undefined;
    const onMove = (event: PointerEvent): void => void (pointer = { x: event.clientX, y: event.clientY });
    domNode.addEventListener('pointermove', onMove);
    domNode.addEventListener('pointerdown', onMove);
    const steady = createSteadyView(flow, domNode);
    const handle = createCanvasHandle(flow, store.getState, domNode, steady, () => pointer);
    view.setState({ canvas: handle });
    const endKeeping = keepInView(flow, store.getState, domNode, steady);
    return () => {
      domNode.removeEventListener('pointermove', onMove);
      domNode.removeEventListener('pointerdown', onMove);
      endKeeping();
      steady.end();
      if (view.getState().canvas === handle) view.setState({ canvas: undefined });
    };
  }, [flow, store, view]);
  return null;
}

/** Shows the start of a large workflow, or all of it if it is still readable. */
function showStart(flow: ReactFlowInstance<FlowNode, FlowEdge>, state: ReactFlowState<FlowNode, FlowEdge>): void {
  const view = startView(state.nodes, state.edges, state);
  if (view === undefined) void flow.fitView({ ...largeFitOptions, duration: 0 });
  else void flow.setViewport(view, { duration: 0 });
}
