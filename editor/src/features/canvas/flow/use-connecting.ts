import type { WorkflowDocument } from '@heddle/core';
import type { Connection as FlowConnection, Edge, FinalConnectionState, ReactFlowProps } from '@xyflow/react';
import { useMemo } from 'react';
import {
  type CatalogState,
  edit,
  type DocumentState,
  portAtEnd,
  connect,
  reconnect,
  loopNotice,
  refusalOf,
  type Connection,
  remove,
} from '../../document/index.js';
import { useSession, type Session } from '../../session/index.js';
import { showToast, select, setOverlay, partOf, type ViewStore } from '../../view/index.js';
import type { FlowEdge, FlowNode } from './flow-types.js';

type Props = Pick<
  ReactFlowProps<FlowNode, FlowEdge>,
  | 'isValidConnection'
  | 'onConnectStart'
  | 'onConnect'
  | 'onConnectEnd'
  | 'onReconnectStart'
  | 'onReconnect'
  | 'onReconnectEnd'
  | 'connectionRadius'
>;

/**
 * Draws edges by hand, as far as core's type rule allows. A refused edge shows its reason; a drop on the canvas opens the palette. An edge
 * dragged by one of its ends moves to another port, or stays where it was.
 */
export function useConnecting(canEdit: boolean): Props {
  const session = useSession();
  return useMemo(() => (canEdit ? propsOf(session) : {}), [session, canEdit]);
}

function propsOf({ documents, catalog, view }: Session): Props {
  const wanted = (flow: FlowConnection | Edge): Connection =>
    describe(documents.getState(), catalog.getState().byType, flow);
  /** The edge that is being dragged by one of its ends. */
  let held: string | undefined;
  const refusal = (flow: FlowConnection | Edge): string | undefined => {
    const { document } = documents.getState();
    if (document === undefined) return undefined;
    const others = held === undefined ? document : remove(document, new Set(), new Set([held]));
    return refusalOf(others, wanted(flow));
  };
  /** Draws an edge. If it closes a loop, says so and shows the loop's limit. */
  const draw = (
    flow: FlowConnection | Edge,
    change: (document: WorkflowDocument, connection: Connection) => WorkflowDocument,
  ): void => {
    const connection = wanted(flow);
    edit(documents, (document) => change(document, connection));
    const id = `${connection.from}->${connection.to}`;
    const notice = loopNotice(documents.getState().document, id);
    if (notice === undefined) return;
    select(view, { edges: [id] });
    showToast(view, notice);
  };
  const cards = followCards(view);
  return {
    connectionRadius: 26,
    isValidConnection: (flow) => refusal(flow) === undefined,
    onReconnectStart: (_event, edge) => void (held = edge.id),
    onReconnect: ({ id }, flow) => draw(flow, (document, connection) => reconnect(document, id, connection)),
    onReconnectEnd: () => void (held = undefined),
    onConnectStart: (_event, { nodeId, handleId, handleType }) => {
      if (nodeId === null || handleType === null) return;
      const end = endOf(nodeId, handleId);
      const side = handleType === 'target' ? 'input' : 'output';
      const port = portAtEnd(documents.getState(), catalog.getState().byType, end, side);
      view.setState({ drawing: port === undefined ? undefined : { end, side, type: port.type } });
      cards.start();
    },
    onConnect: (flow) => draw(flow, connect),
    onConnectEnd: (event, state) => {
      cards.end();
      view.setState({ drawing: undefined });
      if (state.isValid === true || state.fromNode === null) return;
      if (state.toHandle !== null) {
        const reason = refusal(flowOf(state));
        if (reason !== undefined) showToast(view, reason, true);
        return;
      }
      if (held !== undefined || state.toNode !== null || !isOnCanvas(event)) return;
      offerNodes(view, state.fromNode.id, state.fromHandle);
    },
  };
}

/** Opens the palette with nodes that fit a loose end. */
function offerNodes(view: ViewStore, node: string, handle: FinalConnectionState['fromHandle']): void {
  const at = view.getState().canvas?.pointer() ?? [0, 0];
  const side = handle?.type === 'target' ? 'input' : 'output';
  setOverlay(view, { kind: 'palette', at, loose: { end: endOf(node, handle?.id), side } });
}

/** Notes the card under the pointer while an edge is drawn, so that the card shows its matching ports. */
function followCards(view: ViewStore): { readonly start: () => void; readonly end: () => void } {
  const note = (event: PointerEvent | TouchEvent): void => {
    const drawnOver = elementAt(event)?.closest<HTMLElement>('.react-flow__node-card')?.dataset['id'];
    if (view.getState().drawnOver !== drawnOver) view.setState({ drawnOver });
  };
  return {
    start: () => {
      window.addEventListener('pointermove', note);
      window.addEventListener('touchmove', note);
    },
    end: () => {
      window.removeEventListener('pointermove', note);
      window.removeEventListener('touchmove', note);
      view.setState({ drawnOver: undefined });
    },
  };
}

/** The attempted connection, whichever end it started at. */
function flowOf(state: FinalConnectionState): FlowConnection {
  const isBackwards = state.fromHandle?.type === 'target';
  const [source, target] = isBackwards ? [state.toHandle, state.fromHandle] : [state.fromHandle, state.toHandle];
  return {
    source: source?.nodeId ?? '',
    sourceHandle: source?.id ?? null,
    target: target?.nodeId ?? '',
    targetHandle: target?.id ?? null,
  };
}

/** An end as the document names it; the handle of a collapsed group already names the inner end. */
function endOf(node: string, handle: string | null | undefined): string {
  return partOf(node).kind === 'group' ? (handle ?? '') : `${node}.${handle ?? ''}`;
}

function describe(state: DocumentState, byType: CatalogState['byType'], flow: FlowConnection | Edge): Connection {
  const from = endOf(flow.source, flow.sourceHandle);
  const to = endOf(flow.target, flow.targetHandle);
  return { from, to, output: portAtEnd(state, byType, from, 'output'), input: portAtEnd(state, byType, to, 'input') };
}

/**
 * Whether a drop is on the canvas. A drop on the panel connects the edge there, for example to a template field; any other drop discards
 * it.
 */
function isOnCanvas(event: MouseEvent | TouchEvent): boolean {
  return elementAt(event)?.closest('.react-flow') != null;
}

function elementAt(event: MouseEvent | TouchEvent): Element | null {
  const at = 'changedTouches' in event ? event.changedTouches[0] : event;
  return at === undefined ? null : document.elementFromPoint(at.clientX, at.clientY);
}
