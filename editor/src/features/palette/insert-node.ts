import type { NodeDescription, PortDescription } from '@heddle/core';
import {
  type CatalogState,
  edit,
  type DocumentState,
  addNode,
  connect,
  edgeOf,
  type Connection,
  insertOnEdge,
  passageOf,
  portAtEnd,
} from '../document/index.js';
import { showToast, type LooseEdge } from '../view/index.js';
import { placing, showPlaced, whenPortsKnown, type Stores } from './add-step.js';
import { fittingPort, type PortRequirement } from './rank-nodes.js';

/** The requirements that a node must meet to connect to a loose edge. */
export function requirementOfLooseEdge(
  state: DocumentState,
  byType: CatalogState['byType'],
  edge: LooseEdge | undefined,
): PortRequirement | undefined {
  const port = edge === undefined ? undefined : portAtEnd(state, byType, edge.end, edge.side);
  return edge === undefined || port === undefined ? undefined : { side: edge.side, type: port.type };
}

/** The requirements that a node must meet to be inserted on an edge. */
export function requirementOfEdge(
  state: DocumentState,
  byType: CatalogState['byType'],
  edgeName: string | undefined,
): PortRequirement | undefined {
  const edge = state.document === undefined || edgeName === undefined ? undefined : edgeOf(state.document, edgeName);
  const from = edge === undefined ? undefined : portAtEnd(state, byType, edge.from, 'output');
  const to = edge === undefined ? undefined : portAtEnd(state, byType, edge.to, 'input');
  return from === undefined || to === undefined ? undefined : { side: 'output', type: from.type, then: to.type };
}

/**
 * Inserts a new node on an edge, as one undo step. If its ports depend on its settings, the compiler computes them first. If no ports
 * match, the user has to connect the node.
 */
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
  const placed = freshId(state, description);
  edit(
    documents,
    (document) => {
      const added = addNode(document, description, [at[0] - 124, at[1] - 60]);
      return passage === undefined ? added.document : insertOnEdge(added.document, edge, added.id, passage);
    },
    { gesture: placing(placed) },
  );
  showPlaced(view, placed);
  if (passage === undefined && description.hasDynamicPorts) {
    const known = documents.getState();
    const from = portAtEnd(known, byType, edge.from, 'output');
    const to = portAtEnd(known, byType, edge.to, 'input');
    whenPortsKnown(documents, placed, (document, ports) => {
      const found = passageOf(ports, from, to);
      return found === undefined || edgeOf(document, edgeName) === undefined
        ? document
        : insertOnEdge(document, edge, placed, found);
    });
    return;
  }
  if (passage === undefined)
    showToast(view, `${description.title} has no ports yet: configure it, then insert it on the edge.`);
}

/** Adds a node to the canvas and connects it to the loose edge, if there is one. This is one undo step. */
export function insertNode(
  stores: Stores,
  byType: CatalogState['byType'],
  description: NodeDescription,
  at: readonly [number, number],
  edge?: LooseEdge,
): void {
  const state = stores.documents.getState();
  const wanted = requirementOfLooseEdge(state, byType, edge);
  const port = wanted === undefined ? undefined : fittingPort(description, wanted);
  const loose = edge === undefined ? undefined : portAtEnd(state, byType, edge.end, edge.side);
  const placed = freshId(state, description);
  edit(
    stores.documents,
    (document) => {
      const added = addNode(document, description, at);
      if (edge === undefined || port === undefined || loose === undefined) return added.document;
      return connect(added.document, connectionOf(edge, loose, `${added.id}.${port.name}`, port));
    },
    { gesture: placing(placed) },
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

/** The id that `addNode` will give to the new node. */
function freshId({ document }: DocumentState, description: NodeDescription): string {
  return document === undefined ? '' : addNode(document, description, [0, 0]).id;
}

function connectionOf(edge: LooseEdge, loose: PortDescription, end: string, port: PortDescription): Connection {
  return edge.side === 'output'
    ? { from: edge.end, to: end, output: loose, input: port }
    : { from: end, to: edge.end, output: port, input: loose };
}
