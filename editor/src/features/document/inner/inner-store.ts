import type { WorkflowDocument } from '@heddle/core';
import { createDocumentStore, edit, type DocumentState, type DocumentStore } from '../document-store.js';
import { documentInside, withInside } from './inner-document.js';
import type { InnerPath } from '../../../ui/navigation/inner-path.js';

/**
 * A store that shows an inner workflow of the open document as a document of its own. The outer document is the source of truth: saving,
 * comparing, undo and crash recovery use it. Undefined if the path leads to no workflow.
 */
export function createInnerStore(outer: DocumentStore, path: InnerPath): DocumentStore | undefined {
  const { document } = outer.getState();
  const inner = document === undefined ? undefined : documentInside(document, path);
  if (inner === undefined) return undefined;
  const store = createDocumentStore();
  store.setState({ document: inner, saved: inner, ...sharedOf(outer.getState()) });
  return store;
}

/**
 * Syncs changes in both directions until the returned function is called. Calls `onGone` when the inner workflow no longer exists, for
 * example after an undo.
 */
export function linkInnerStore(
  outer: DocumentStore,
  inner: DocumentStore,
  path: InnerPath,
  onGone: () => void,
): () => void {
  const name = path.at(-1)?.name ?? '';
  // The outer document at the last sync.
  let lastSynced = outer.getState().document;
  let isSyncing = false;
  const copyToInner = (state: DocumentState): void => {
    if (isSyncing) return;
    const document =
      state.document === lastSynced
        ? inner.getState().document
        : state.document && documentInside(state.document, path);
    lastSynced = state.document;
    if (document === undefined) {
      onGone();
      return;
    }
    isSyncing = true;
    inner.setState({ document, ...sharedOf(state) });
    isSyncing = false;
  };
  const copyToOuter = (state: DocumentState, before: DocumentState): void => {
    const { document } = state;
    if (isSyncing || document === undefined || document === before.document) return;
    isSyncing = true;
    const gesture = state.history.gesture?.name;
    edit(outer, (around) => withInside(around, name, document), gesture === undefined ? {} : { gesture });
    lastSynced = outer.getState().document;
    inner.setState({ document: withOthers(document, lastSynced), ...sharedOf(outer.getState()) });
    isSyncing = false;
  };
  copyToInner(outer.getState());
  const ends = [outer.subscribe(copyToInner), inner.subscribe(copyToOuter)];
  return () => ends.forEach((end) => end());
}

/** An inner document with all sibling workflows, even those that only other workflows run, because their names are taken. */
function withOthers(inner: WorkflowDocument, { workflows = {} }: Partial<WorkflowDocument> = {}): WorkflowDocument {
  const isWhole = Object.keys(workflows).every((name) => Object.hasOwn(inner.workflows ?? {}, name));
  return isWhole ? inner : { ...inner, workflows };
}

/** The state that the inner store shares with the outer one. */
function sharedOf({ revision, saveState, saveError, history, origin }: DocumentState): Partial<DocumentState> {
  return { revision, saveState, saveError, history, origin };
}
