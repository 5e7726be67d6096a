import type { CompileReply, LabelledValue, WorkflowDocument, WorkflowReply } from '@heddle/core';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ApiError } from '../api/http.js';
import { noHistory, step, stepBack, stepForth, type History } from './history.js';

/** Where a document is from: the draft, a version of it, or a run, as it was when that run began. */
export type DocumentOrigin =
  | {
      readonly kind: 'draft';
      /** Whoever looks at it may not change it. */
      readonly isReadOnly?: boolean;
    }
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly runId: string; readonly inputs: Readonly<Record<string, LabelledValue>> };

/** How the draft stands with the server. */
export type SaveState = 'saved' | 'unsaved' | 'saving' | 'failed' | 'conflict';

/** The workflow that is open, as it stands on the screen. */
export interface DocumentState {
  readonly id: string | undefined;
  readonly slug: string | undefined;
  readonly origin: DocumentOrigin;
  /** Revision that the server has. */
  readonly revision: number;
  readonly document: WorkflowDocument | undefined;
  /** The document as the server has it. */
  readonly saved: WorkflowDocument | undefined;
  readonly saveState: SaveState;
  readonly saveError: ApiError | undefined;
  readonly history: History;
  /** Ports, interface and issues of the document, as the compiler last told them. */
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

/** A store with nothing open. */
export function createDocumentStore(): DocumentStore {
  return createStore<DocumentState>(() => closed);
}

/** Shows a workflow as the server sent it. */
export function showWorkflow(
  store: DocumentStore,
  { id, slug, revision, document }: WorkflowReply,
  isReadOnly = false,
): void {
  const origin = { kind: 'draft', ...(isReadOnly ? { isReadOnly } : {}) } as const;
  store.setState({ ...closed, id, slug, revision, document, saved: document, origin });
}

/** Shows the document of a run; `workflowId` is the workflow that it was a run of, where it is one of ours. */
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

/** Shows a document only to be looked at, such as a version or what differs between two. */
export function showVersionDocument(store: DocumentStore, document: WorkflowDocument): void {
  store.setState({ ...closed, document, saved: document, origin: { kind: 'version' } });
}

/** Closes what is open. */
export function closeDocument(store: DocumentStore): void {
  store.setState(closed);
}

/** Whether the open document may be changed. */
export function isEditable(state: DocumentState): boolean {
  return state.document !== undefined && state.origin.kind === 'draft' && state.origin.isReadOnly !== true;
}

/** Changes the document: one step of undo, or part of one where a gesture is named. Nothing happens where it is the same. */
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

/** One step back. */
export function undo(store: DocumentStore): void {
  const { document, history } = store.getState();
  const back = document === undefined ? undefined : stepBack(history, document);
  if (back !== undefined) show(store, back.document, back.history);
}

/** One step forth. */
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
