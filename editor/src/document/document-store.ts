import type { CompileReply, LabelledValue, WorkflowDocument, WorkflowReply } from '@heddle/core';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ApiError } from '../api/http.js';

/** The workflow that is open, as it stands on the screen. */
export interface DocumentState {
  readonly id: string | undefined;
  readonly slug: string | undefined;
  /** Where the document is from: the draft, or a run, as it was when that run began. */
  readonly origin: { readonly kind: 'draft' } | { readonly kind: 'run'; readonly runId: string; readonly inputs: Readonly<Record<string, LabelledValue>> };
  /** Revision that the server has. */
  readonly revision: number;
  readonly document: WorkflowDocument | undefined;
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
  compiled: undefined,
  compileError: undefined,
  loadError: undefined,
};

/** A store with nothing open. */
export function createDocumentStore(): DocumentStore {
  return createStore<DocumentState>(() => closed);
}

/** Shows a workflow as the server sent it. */
export function showWorkflow(store: DocumentStore, reply: WorkflowReply): void {
  store.setState({ ...closed, id: reply.id, slug: reply.slug, revision: reply.revision, document: reply.document });
}

/** Closes what is open. */
export function closeDocument(store: DocumentStore): void {
  store.setState(closed);
}

/** Shows the document of a run; `workflowId` is the workflow that it was a run of, where it is one of ours. */
export function showRunDocument(store: DocumentStore, run: { readonly runId: string; readonly workflowId: string | undefined; readonly document: WorkflowDocument; readonly inputs: Readonly<Record<string, LabelledValue>> }): void {
  const { runId, workflowId, document, inputs } = run;
  store.setState({ ...closed, id: workflowId, document, origin: { kind: 'run', runId, inputs } });
}
