import { useReactFlow, useStoreApi } from '@xyflow/react';
import { useEffect, useState } from 'react';
import { usePaths, useQuestions } from '../run/index.js';
import { useDocument } from '../session/index.js';
import { fitOptions, manyNodes } from '../view/index.js';
import type { FlowEdge, FlowNode } from './flow/flow-types.js';
import { isFullyVisible } from './is-fully-visible.js';

const touches = ['pointerdown', 'wheel', 'keydown'] as const;

/**
 * Keeps an opened run fully visible while its human input requests make cards taller: the workflow is drawn and fitted before the run's
 * state is known. Stops at the first interaction, so that nothing moves under the pointer. A request that arrives while the user watches
 * the run moves nothing.
 */
export function useFitOpenedRun(): void {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const store = useStoreApi<FlowNode, FlowEdge>();
  const isRun = useDocument((state) => state.origin.kind === 'run');
  const isKnown = usePaths().length > 0;
  const isAsking = useQuestions().length > 0;
  // The first known state is the one with which the run was opened.
  const [openedAsking, setOpenedAsking] = useState<boolean>();
  if (isKnown && openedAsking === undefined) setOpenedAsking(isAsking);
  const isFitting = isRun && isAsking && openedAsking === true;
  useEffect(() => {
    if (!isFitting) return undefined;
    let { height } = flow.getNodesBounds(store.getState().nodes);
    const end = store.subscribe((state, before) => {
      if (state.nodes === before.nodes || state.nodes.length > manyNodes) return;
      const box = flow.getNodesBounds(state.nodes);
      // A workflow too large to fit is fitted once per height, not endlessly.
      if (box.height === height) return;
      height = box.height;
      const { width, height: room, transform } = state;
      const [x, y, zoom] = transform;
      if (!isFullyVisible(box, { x, y, zoom, width, height: room })) void flow.fitView({ ...fitOptions, duration: 0 });
    });
    for (const touch of touches) window.addEventListener(touch, end, { capture: true, passive: true });
    return () => {
      end();
      for (const touch of touches) window.removeEventListener(touch, end, { capture: true });
    };
  }, [isFitting, flow, store]);
}
