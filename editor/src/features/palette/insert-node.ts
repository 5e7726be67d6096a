import type { NodeDescription, PortDescription, WorkflowDocument } from '@heddle/core';
import {
  type NodePorts,
  type CatalogState,
  edit,
  type DocumentState,
  type DocumentStore,
  addNode,
  connect,
  edgeOf,
  type Connection,
  insertOnEdge,
  passageOf,
  portAtEnd,
} from '../document/index.js';
import { say, selectNodes, type LooseEdge, type ViewStore } from '../view/index.js';
import { focusCanvas } from '../../ui/keyboard/move-focus.js';
import { fittingPort, type Wanted } from './rank-nodes.js';

/** What a loose edge can connect to. */
export function wantedBy(
  state: DocumentState,
  byType: CatalogState['byType'],
  edge: LooseEdge | undefined,
): Wanted | undefined {
  const port = edge === undefined ? undefined : portAtEnd(state, byType, edge.end, edge.side);
  return edge === undefined || port === undefined ? undefined : { side: edge.side, type: port.type };
}

/** What can be inserted on an edge. */
export function wantedOn(
  state: DocumentState,
  byType: CatalogState['byType'],
  edgeName: string | undefined,
): Wanted | undefined {
  const edge = state.document === undefined || edgeName === undefined ? undefined : edgeOf(state.document, edgeName);
  const from = edge === undefined ? undefined : portAtEnd(state, byType, edge.from, 'output');
  const to = edge === undefined ? undefined : portAtEnd(state, byType, edge.to, 'input');
  return from === undefined || to === undefined ? undefined : { side: 'output', type: from.type, then: to.type };
}

interface Stores {
  readonly documents: DocumentStore;
  readonly view: ViewStore;
}

/** Inserts a new node on an edge, as one step. Where its ports depend on its settings, the edge is left to the user. */
export function insertNodeOnEdge(
  { documents, view }: Stores,
  byType: CatalogState['byType'],
  description: NodeDescription,
  at: readonly [number, number],
  edgeName: string,
): void {
  const state = documents.getState();
  const edge = state.document === undefined ? undefined : edgeOf(state.document, edgeName);
  if (edge === undefined) {
    insertNode({ documents, view }, byType, description, at);
    return;
  }
  const passage = passageOf(
    description,
    portAtEnd(state, byType, edge.from, 'output'),
    portAtEnd(state, byType, edge.to, 'input'),
  );
  let placed = '';
  edit(
    documents,
    (document) => {
      const added = addNode(document, description, [at[0] - 124, at[1] - 60]);
      placed = added.id;
      return passage === undefined ? added.document : insertOnEdge(added.document, edge, added.id, passage);
    },
    { gesture: placing },
  );
  showPlaced(view, placed);
  if (passage === undefined && description.hasDynamicPorts) {
    const known = documents.getState();
    const [from, to] = [portAtEnd(known, byType, edge.from, 'output'), portAtEnd(known, byType, edge.to, 'input')];
    whenPortsKnown(documents, placed, (document, ports) => {
      const found = passageOf(ports, from, to);
      return found === undefined || edgeOf(document, edgeName) === undefined
        ? document
        : insertOnEdge(document, edge, placed, found);
    });
    return;
  }
  if (passage === undefined)
    say(view, `${description.title} has no ports yet: configure it, then insert it on the edge.`);
}

/** Adds a node to the canvas and connects the loose edge to it, where there is one: one step. */
export function insertNode(
  stores: Stores,
  byType: CatalogState['byType'],
  description: NodeDescription,
  at: readonly [number, number],
  edge?: LooseEdge,
): void {
  const state = stores.documents.getState();
  const wanted = wantedBy(state, byType, edge);
  const port = wanted === undefined ? undefined : fittingPort(description, wanted);
  const loose = edge === undefined ? undefined : portAtEnd(state, byType, edge.end, edge.side);
  let placed = '';
  edit(
    stores.documents,
    (document) => {
      const added = addNode(document, description, at);
      placed = added.id;
      if (edge === undefined || port === undefined || loose === undefined) return added.document;
      return connect(added.document, connectionOf(edge, loose, `${added.id}.${port.name}`, port));
    },
    { gesture: placing },
  );
  showPlaced(stores.view, placed);
  if (
    edge === undefined ||
    wanted === undefined ||
    loose === undefined ||
    port !== undefined ||
    !description.hasDynamicPorts
  )
    return;
  whenPortsKnown(stores.documents, placed, (document, ports) => {
    const found = fittingPort(ports, wanted);
    return found === undefined
      ? document
      : connect(document, connectionOf(edge, loose, `${placed}.${found.name}`, found));
  });
}

/** Selects the new element with the focus on the canvas, and moves the view where it would not be fully visible. */
function showPlaced(view: ViewStore, id: string): void {
  selectNodes(view, [id]);
  view.getState().canvas?.bringIn(id);
  // The palette closes first, which returns the focus to the button that opened it.
  setTimeout(focusCanvas);
}

/** Changes that add one node are one step. */
const placing = 'add a node';

/** Continues once the compiler has computed the ports of a new node, where they depend on its settings; part of the same step. */
function whenPortsKnown(
  documents: DocumentStore,
  nodeId: string,
  change: (document: WorkflowDocument, ports: NodePorts) => WorkflowDocument,
): void {
  const end = documents.subscribe(({ document, compiled }, before) => {
    const isThere = document !== undefined && Object.hasOwn(document.nodes, nodeId);
    const ports = compiled === before.compiled ? undefined : compiled?.ports[nodeId];
    if (isThere && ports === undefined) return;
    end();
    if (isThere && ports !== undefined) edit(documents, (current) => change(current, ports), { gesture: placing });
  });
}

function connectionOf(edge: LooseEdge, loose: PortDescription, end: string, port: PortDescription): Connection {
  return edge.side === 'output'
    ? { from: edge.end, to: end, output: loose, input: port }
    : { from: end, to: edge.end, output: port, input: loose };
}
