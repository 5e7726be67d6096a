import type { WorkflowDocument } from '../../document/workflow-document.js';
import type { GuardedWrite } from '../database/guarded-write.js';

/** A stored workflow: its draft and its revision. */
export interface StoredWorkflow {
  readonly id: string;
  /** Unique name for addresses and references: `[a-z][a-z0-9-]{0,63}`. */
  readonly slug: string;
  /** 1 at creation, plus 1 for each save. */
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly document: WorkflowDocument;
}

/**
 * Commits the writes of an operation in one transaction with others, such as its audit events. `made` is the result of the operation. It
 * may be called again if another operation was faster.
 */
export type CommitWrites<Made> = (writes: readonly GuardedWrite[], made: Made) => Promise<void>;

/** Stores workflows. Without a `commit`, an operation commits by itself. */
export interface WorkflowStore {
  /** Without a slug, a unique one is made from the name. Errors: `conflict` if the given slug exists. */
  create(
    document: WorkflowDocument,
    options?: { readonly slug?: string; readonly commit?: CommitWrites<StoredWorkflow> },
  ): Promise<StoredWorkflow>;
  /** By id or slug. Errors: `workflow_not_found`. */
  get(idOrSlug: string): Promise<StoredWorkflow>;
  list(): Promise<readonly StoredWorkflow[]>;
  /** Saves a new revision. Errors: `workflow_not_found`, `conflict` if `expected` is not the current revision. */
  save(
    id: string,
    document: WorkflowDocument,
    options: { readonly expected?: number; readonly commit?: CommitWrites<StoredWorkflow> },
  ): Promise<StoredWorkflow>;
  /** Errors: `workflow_not_found`, `conflict`. */
  delete(id: string, options?: { readonly expected?: number; readonly commit?: CommitWrites<void> }): Promise<void>;
}
