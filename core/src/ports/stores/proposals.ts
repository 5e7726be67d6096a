import type { GuardedWrite } from '../database/guarded-write.js';
import type { WorkflowDocument } from '../../document/workflow-document.js';
import type { ProposalKind } from '../../build/proposal.js';
import type { TestReport } from '../../api/publishing.js';
import type { DataFlow } from './versions.js';

/**
 * A stored proposal of a program, or the working copy of a build chat. Stored contents never change by themselves, so their hashes stay
 * valid.
 */
export interface StoredProposal {
  readonly id: string;
  readonly project: string;
  readonly kind: ProposalKind;
  /** Id of the workflow; undefined for a new one. */
  readonly workflow: string | undefined;
  /** `stale` is not stored: it follows from the draft. */
  readonly state: 'open' | 'accepted' | 'rejected';
  readonly author: string;
  readonly authorName: string;
  /** The run of the chat that is working on it. */
  readonly run: string | undefined;
  readonly madeAt: number;
  readonly decidedBy: string | undefined;
  readonly decidedAt: number | undefined;
  readonly version: number | undefined;
  readonly body: ProposalBody;
}

/** The contents of a proposal. */
export interface ProposalBody {
  readonly title: string;
  readonly note: string;
  /** Hash of the draft that the proposal was made from. */
  readonly baseHash: string | undefined;
  readonly document: WorkflowDocument;
  readonly hash: string;
  readonly dataMap: readonly DataFlow[];
  readonly dataMapHash: string;
  readonly tests: TestReport | undefined;
}

interface ProposalQuery {
  readonly project: string;
  readonly workflow?: string | undefined;
  readonly state?: StoredProposal['state'] | undefined;
  readonly limit: number;
}

/** Stores proposals. Deleting a workflow deletes its proposals. Changes are returned as writes that the calling operation commits. */
export interface ProposalStore {
  add(proposal: Omit<StoredProposal, 'state' | 'decidedBy' | 'decidedAt' | 'version'>): {
    readonly proposal: StoredProposal;
    readonly writes: readonly GuardedWrite[];
  };
  get(id: string): Promise<StoredProposal | undefined>;
  /** Newest first. */
  list(query: ProposalQuery): Promise<readonly StoredProposal[]>;
  /** Replaces the contents of an open proposal and the run that is working on it. Errors: `proposal_decided`. */
  update(id: string, change: { readonly body: ProposalBody; readonly run: string | undefined }): Promise<void>;
  /** Decides an open proposal, once. Errors of the commit: `proposal_decided`. */
  decide(
    id: string,
    decision: {
      readonly state: 'accepted' | 'rejected';
      readonly by: string;
      readonly at: number;
      readonly workflow?: string | undefined;
      readonly version?: number | undefined;
    },
  ): readonly GuardedWrite[];
}
