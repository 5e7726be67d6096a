import type { WorkflowDocument } from '../document/workflow-document.js';

/** A workflow of this data folder: its draft, and how often it was saved. */
export interface StoredWorkflow {
  readonly id: string;
  /** Unique, for addresses and references: `[a-z][a-z0-9-]{0,63}`. */
  readonly slug: string;
  /** 1 at creation, one more at each save. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly document: WorkflowDocument;
}

/** Where workflows are kept. */
export interface WorkflowStore {
  /** The slug is made from the name where none is given, and made unique. Errors: `conflict` when a given slug is taken. */
  create(document: WorkflowDocument, options?: { readonly slug?: string }): Promise<StoredWorkflow>;
  /** By id or slug. Errors: `workflow_not_found`. */
  get(idOrSlug: string): Promise<StoredWorkflow>;
  list(): Promise<readonly StoredWorkflow[]>;
  /** Saves a new revision. Errors: `workflow_not_found`, `conflict` when `expected` is not the current revision. */
  save(id: string, document: WorkflowDocument, options: { readonly expected?: number }): Promise<StoredWorkflow>;
  /** Errors: `workflow_not_found`, `conflict`. */
  delete(id: string, options?: { readonly expected?: number }): Promise<void>;
}
