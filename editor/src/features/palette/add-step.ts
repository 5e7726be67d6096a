import type { WorkflowDocument } from '@heddle/core';
import { edit, type DocumentStore, type NodePorts } from '../document/index.js';
import { selectNodes, type ViewStore } from '../view/index.js';
import { focusCanvas } from '../../ui/keyboard/move-focus.js';

/** What adding a node changes. */
export interface Stores {
  readonly documents: DocumentStore;
  readonly view: ViewStore;
}

/** The name of the step that adds a node: with its later connection it is one step, and the next node is another one. */
export const placing = (id: string): string => `add node ${id}`;

/** Selects the new element with the focus on the canvas, and moves the view where it would not be fully visible. */
export function showPlaced(view: ViewStore, id: string): void {
  selectNodes(view, [id]);
  view.getState().canvas?.bringIn(id);
  // The palette closes first, which returns the focus to the button that opened it.
  setTimeout(focusCanvas);
}

/** Continues once the compiler has computed the ports of a new node, where they depend on its settings; part of the same step. */
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
