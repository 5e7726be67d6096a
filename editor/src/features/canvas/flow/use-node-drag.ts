import { useStoreApi, type ReactFlowProps } from '@xyflow/react';
import { useMemo } from 'react';
import type { WorkflowDocument } from '@heddle/core';
import { edgeOf, insertOnEdge, passageOf, usedPorts, portAtEnd, portsOfNode } from '../../document/index.js';
import { useSession, type Session } from '../../session/index.js';
import { edgeUnder } from '../edges/edge-under.js';
import type { FlowEdge, FlowNode } from './flow-types.js';

type Drag = Pick<ReactFlowProps<FlowNode, FlowEdge>, 'onNodeDrag' | 'onNodeDragStop' | 'onSelectionDragStop'>;

/** Handles dragging: a card without edges that is dropped on a matching edge is inserted into it. */
export function useNodeDrag(
  edges: readonly FlowEdge[],
  onGestureEnd: (also?: (document: WorkflowDocument) => WorkflowDocument) => void,
): Drag {
  const session = useSession();
  const store = useStoreApi<FlowNode, FlowEdge>();
  return useMemo(() => {
    const { view } = session;
    const target = (node: FlowNode, count: number): string | undefined => {
      if (count !== 1 || node.type !== 'card' || !standsAlone(session, node.id)) return undefined;
      const { id, measured } = node;
      const card = { id, ...node.position, width: measured?.width ?? 248, height: measured?.height ?? 120 };
      const under = edgeUnder(card, edges, store.getState().nodeLookup);
      return under !== undefined && insertion(session, under, node.id) !== undefined ? under : undefined;
    };
    return {
      onNodeDrag: (_event, node, dragged) => {
        if (!view.getState().isDragging) view.setState({ isDragging: true });
        const dropEdge = target(node, dragged.length);
        if (view.getState().dropEdge !== dropEdge) view.setState({ dropEdge });
      },
      onNodeDragStop: (_event, node, dragged) => {
        view.setState({ isDragging: false });
        const edge = target(node, dragged.length);
        onGestureEnd(edge === undefined ? undefined : insertion(session, edge, node.id));
      },
      onSelectionDragStop: () => onGestureEnd(),
    };
  }, [session, store, edges, onGestureEnd]);
}

function standsAlone({ documents }: Session, id: string): boolean {
  const { document } = documents.getState();
  if (document === undefined) return false;
  const used = usedPorts(document, id);
  return used.inputs.size + used.outputs.size === 0;
}

/** The edit that inserts a node on an edge; undefined where its ports do not match. */
function insertion(
  { documents, catalog }: Session,
  edgeName: string,
  nodeId: string,
): ((document: WorkflowDocument) => WorkflowDocument) | undefined {
  const state = documents.getState();
  const { byType } = catalog.getState();
  const edge = state.document === undefined ? undefined : edgeOf(state.document, edgeName);
  const ports = portsOfNode(state, byType, nodeId);
  if (edge === undefined || ports === undefined) return undefined;
  const passage = passageOf(
    ports,
    portAtEnd(state, byType, edge.from, 'output'),
    portAtEnd(state, byType, edge.to, 'input'),
  );
  return passage === undefined ? undefined : (document) => insertOnEdge(document, edge, nodeId, passage);
}
