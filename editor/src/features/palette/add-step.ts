import type { WorkflowDocument } from '@heddle/core';
import { edit, type DocumentStore, type NodePorts } from '../document/index.js';
import { selectNodes, type ViewStore } from '../view/index.js';
import { focusCanvas } from '../../ui/keyboard/move-focus.js';

/** The stores that change when a node is added. */
export interface Stores {
  readonly documents: DocumentStore;
  readonly view: ViewStore;
}

/** The gesture that adds a node. The node's later connection belongs to the same undo step, while the next node starts another one. */
export const placing = (id: string): string => `add node ${id}`;

/** Selects the new element, focuses the canvas, and moves the view if the element is not fully visible. */
export function showPlaced(view: ViewStore, id: string): void {
  selectNodes(view, [id]);
  view.getState().canvas?.bringIn(id);
  // Waits until the palette has closed, because closing returns the focus to the button that opened it.
  setTimeout(focusCanvas);
}

/**
 * Calls `change` once the compiler has computed ports of a new node that depend on its settings. The change belongs to the undo step that
 * added the node.
 */
export function whenPortsKnown(
  documents: DocumentStore,
  nodeId: string,
  change: (document: WorkflowDocument, ports: NodePorts) => WorkflowDocument,
): void {
  const end = documents.subscribe(({ document, compiled }, before) => {
    const isThere = document !== undefined && Object.hasOwn(document.nodes, nodeId);
    const ports = compiled === before.compiled ? undefined : compiled?.ports[nodeId];
    if (isThere && ports === undefined) return;
    end();
    if (isThere && ports !== undefined)
      edit(documents, (current) => change(current, ports), { gesture: placing(nodeId) });
  });
}
