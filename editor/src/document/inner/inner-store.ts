import type { WorkflowDocument } from '@heddle/core';
import { createDocumentStore, edit, type DocumentState, type DocumentStore } from '../document-store.js';
import { documentInside, withInside } from './inner-document.js';
import type { InnerPath } from './inner-path.js';

/**
 * A store that shows a workflow inside the open document as if it were one of its own. The document around stays the only truth: it
 * is what is saved, compared, undone and kept after a crash. Undefined where the path leads nowhere.
 */
export function createInnerStore(outer: DocumentStore, path: InnerPath): DocumentStore | undefined {
  const { document } = outer.getState();
  const inner = document === undefined ? undefined : documentInside(document, path);
  if (inner === undefined) return undefined;
  const store = createDocumentStore();
  store.setState({ document: inner, saved: inner, ...sharedOf(outer.getState()) });
  return store;
}

/** Carries changes of either to the other until it is ended; `onGone` once the inner workflow is no longer there, as after an undo. */
export function linkInnerStore(
  outer: DocumentStore,
  inner: DocumentStore,
  path: InnerPath,
  onGone: () => void,
): () => void {
  const name = path.at(-1)?.name ?? '';
  // What the outer document was when both last agreed.
  let agreed = outer.getState().document;
  let isCarrying = false;
  const take = (state: DocumentState): void => {
    if (isCarrying) return;
    const document =
      state.document === agreed ? inner.getState().document : state.document && documentInside(state.document, path);
    agreed = state.document;
    if (document === undefined) {
      onGone();
      return;
    }
    isCarrying = true;
    inner.setState({ document, ...sharedOf(state) });
    isCarrying = false;
  };
  const give = (state: DocumentState, before: DocumentState): void => {
    const { document } = state;
    if (isCarrying || document === undefined || document === before.document) return;
    isCarrying = true;
    const gesture = state.history.gesture?.name;
    edit(outer, (around) => withInside(around, name, document), gesture === undefined ? {} : { gesture });
    agreed = outer.getState().document;
    inner.setState({ document: withOthers(document, agreed), ...sharedOf(outer.getState()) });
    isCarrying = false;
  };
  take(outer.getState());
  const ends = [outer.subscribe(take), inner.subscribe(give)];
  return () => ends.forEach((end) => end());
}

/** An inner document that knows of every workflow beside it, also of one that it no longer runs and others do: their names are taken. */
function withOthers(inner: WorkflowDocument, { workflows = {} }: Partial<WorkflowDocument> = {}): WorkflowDocument {
  const isWhole = Object.keys(workflows).every((name) => Object.hasOwn(inner.workflows ?? {}, name));
  return isWhole ? inner : { ...inner, workflows };
}

/** How the draft stands: the same inside and around. */
function sharedOf({ revision, saveState, saveError, history, origin }: DocumentState): Partial<DocumentState> {
  return { revision, saveState, saveError, history, origin };
}
