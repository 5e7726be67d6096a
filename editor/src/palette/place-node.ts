import { splitEnd, type NodeDescription, type PortDescription } from '@heddle/core';
import type { CatalogState } from '../document/catalog-store.js';
import { edit, type DocumentState, type DocumentStore } from '../document/document-store.js';
import { addNode } from '../document/edit/add-node.js';
import { connect, type Connection } from '../document/edit/connect.js';
import { selectNodes, type LooseThread, type ViewStore } from '../view/view-store.js';
import { fittingPort, type Wanted } from './rank-nodes.js';

/** The port at the loose end of a thread. */
export function portAt(state: DocumentState, byType: CatalogState['byType'], { end, side }: LooseThread): PortDescription | undefined {
  const parts = splitEnd(end);
  const ports = parts === undefined ? undefined : (state.compiled?.ports[parts.node] ?? byType.get(state.document?.nodes[parts.node]?.type ?? ''));
  return ports?.[side === 'output' ? 'outputs' : 'inputs'].find((port) => port.name === parts?.port);
}

/** What a loose thread looks for. */
export function wantedBy(state: DocumentState, byType: CatalogState['byType'], thread: LooseThread | undefined): Wanted | undefined {
  const port = thread === undefined ? undefined : portAt(state, byType, thread);
  return thread === undefined || port === undefined ? undefined : { side: thread.side, type: port.type };
}

/** Puts a node on the canvas and ties the loose thread to it, where there is one: one step. */
export function placeNode(stores: { readonly documents: DocumentStore; readonly view: ViewStore }, byType: CatalogState['byType'], description: NodeDescription, at: readonly [number, number], thread?: LooseThread): void {
  const state = stores.documents.getState();
  const wanted = wantedBy(state, byType, thread);
  const port = wanted === undefined ? undefined : fittingPort(description, wanted);
  const loose = thread === undefined ? undefined : portAt(state, byType, thread);
  let placed = '';
  edit(stores.documents, (document) => {
    const added = addNode(document, description, at);
    placed = added.id;
    if (thread === undefined || port === undefined || loose === undefined) return added.document;
    return connect(added.document, connectionOf(thread, loose, `${added.id}.${port.name}`, port));
  });
  selectNodes(stores.view, [placed]);
}

function connectionOf(thread: LooseThread, loose: PortDescription, end: string, port: PortDescription): Connection {
  return thread.side === 'output' ? { from: thread.end, to: end, output: loose, input: port } : { from: end, to: thread.end, output: port, input: loose };
}
