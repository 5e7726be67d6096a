import { parseDocument } from '@heddle/core';
import { useReactFlow, type ReactFlowProps } from '@xyflow/react';
import { useMemo } from 'react';
import { useSession } from '../session/index.js';
import { showToast, setOverlay, type ViewStore } from '../view/index.js';
import type { FlowEdge, FlowNode } from './flow/flow-types.js';

const mostBytes = 20_000_000;

/** Asks what to do with a workflow file dropped on the canvas, or shows what is wrong with it. */
export function useFileDrop(): Pick<ReactFlowProps<FlowNode, FlowEdge>, 'onDragOver' | 'onDrop'> {
  const { view } = useSession();
  const flow = useReactFlow<FlowNode, FlowEdge>();
  return useMemo(
    () => ({
      onDragOver: (event) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      onDrop: (event) => {
        const file = event.dataTransfer.files[0];
        if (file === undefined) return;
        event.preventDefault();
        const { x, y } = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
        void offerImport(view, file, [x, y]);
      },
    }),
    [flow, view],
  );
}

async function offerImport(view: ViewStore, file: File, at: readonly [number, number]): Promise<void> {
  if (file.size > mostBytes) {
    showToast(view, `${file.name} is too large. A workflow file has at most 20 MB.`, true);
    return;
  }
  try {
    setOverlay(view, { kind: 'import', file: file.name, document: parseDocument(await file.text()), at });
  } catch (error) {
    showToast(view, `${file.name} is not a workflow. ${error instanceof Error ? error.message : ''}`, true);
  }
}
