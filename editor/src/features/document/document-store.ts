import type { CompileReply, LabelledValue, WorkflowDocument, WorkflowReply } from '@heddle/core';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ApiError } from '../../data/http/http.js';
import { noHistory, step, stepBack, stepForth, type History } from './history.js';

/** Where a document comes from: the draft, a version, or a run. */
type DocumentOrigin =
  | {
      readonly kind: 'draft';
      /** Whether the user may only read the draft. */
      readonly isReadOnly?: boolean;
    }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly runId: string; readonly inputs: Readonly<Record<string, LabelledValue>> };

export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

/** The workflow that is open in the editor. */
export interface DocumentState {
  readonly id: string | undefined;
  readonly slug: string | undefined;
  readonly origin: DocumentOrigin;
  /** The revision that the server has. */
  readonly revision: number;
  readonly document: WorkflowDocument | undefined;
  /** The document that the server has. */
  readonly saved: WorkflowDocument | undefined;
  readonly saveState: SaveState;
  readonly saveError: ApiError | undefined;
  readonly history: History;
  /** The ports, interface and issues of the document, from its last compilation. */
  readonly compiled: CompileReply | undefined;
  readonly compileError: ApiError | undefined;
  readonly loadError: ApiError | undefined;
}

export type DocumentStore = StoreApi<DocumentState>;

const closed: DocumentState = {
  id: undefined,
  slug: undefined,
  origin: { kind: 'draft' },
  revision: 0,
  document: undefined,
  saved: undefined,
  saveState: 'saved',
  saveError: undefined,
  history: noHistory,
  compiled: undefined,
  compileError: undefined,
  loadError: undefined,
};

/** A store in which no document is open. */
export function createDocumentStore(): DocumentStore {
  return createStore<DocumentState>(() => closed);
}

/** Shows a workflow from the server. */
export function showWorkflow(
  store: DocumentStore,
  { id, slug, revision, document }: WorkflowReply,
  isReadOnly = false,
): void {
  const origin = { kind: 'draft', ...(isReadOnly ? { isReadOnly } : {}) } as const;
  store.setState({ ...closed, id, slug, revision, document, saved: document, origin });
}

/** Shows the document of a run. `workflowId` is the run's workflow if it is stored on this server. */
export function showRunDocument(
  store: DocumentStore,
  run: {
    readonly runId: string;
    readonly workflowId: string | undefined;
    readonly document: WorkflowDocument;
    readonly inputs: Readonly<Record<string, LabelledValue>>;
  },
): void {
  const { runId, workflowId, document, inputs } = run;
  store.setState({ ...closed, id: workflowId, document, saved: document, origin: { kind: 'run', runId, inputs } });
}

/** Shows a read-only document, such as a version or a comparison of two. */
export function showVersionDocument(store: DocumentStore, document: WorkflowDocument): void {
  store.setState({ ...closed, document, saved: document, origin: { kind: 'version' } });
}

export function closeDocument(store: DocumentStore): void {
  store.setState(closed);
}

/** Whether the open document can be changed. */
export function isEditable(state: DocumentState): boolean {
  return state.document !== undefined && state.origin.kind === 'draft' && state.origin.isReadOnly !== true;
}

/**
 * Changes the document and records an undo step. Changes of the same named gesture share one step. Does nothing if the document stays the
 * same.
 */
export function edit(
  store: DocumentStore,
  change: (document: WorkflowDocument) => WorkflowDocument,
  options: { readonly gesture?: string; readonly now?: number } = {},
): void {
  const state = store.getState();
  if (state.document === undefined || !isEditable(state)) return;
  const document = change(state.document);
  if (document === state.document) return;
  show(store, document, step(state.history, state.document, options.now ?? Date.now(), options.gesture));
}

export function undo(store: DocumentStore): void {
  const { document, history } = store.getState();
  const back = document === undefined ? undefined : stepBack(history, document);
  if (back !== undefined) show(store, back.document, back.history);
}

export function redo(store: DocumentStore): void {
  const { document, history } = store.getState();
  const forth = document === undefined ? undefined : stepForth(history, document);
  if (forth !== undefined) show(store, forth.document, forth.history);
}

function show(store: DocumentStore, document: WorkflowDocument, history: History): void {
  const { saved, saveState } = store.getState();
  store.setState({
    document,
    history,
    saveState:
      saveState === 'conflict' || saveState === 'saving' ? saveState : document === saved ? 'saved' : 'unsaved',
  });
}
