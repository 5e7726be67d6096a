import type { LabelLevel, Plan, Principal, TraceContext } from '@heddle/core';

/** A workflow with a live version, as every channel sees it. */
export interface PublishedWorkflow {
  readonly workflowId: string;
  readonly slug: string;
  readonly name: string;
  readonly version: number;
  readonly plan: Plan;
  /** The strictest level that a reply may carry. */
  readonly replyClearance: LabelLevel;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
}

/** A run of a published version, as a channel asks for it. */
export interface PublishedStart {
  readonly slug: string;
  readonly version?: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** Such as `chat`, `mcp`, `webhook`, `schedule`, `share`. */
  readonly channel: string;
  readonly idempotencyKey?: string;
  /** The end user as the caller describes them, for records. */
  readonly endUser?: string;
  /** The end user for whom a key calls; see `endUserOf`. */
  readonly onBehalfOf?: string | undefined;
  /** Whom the run is for, where the channel knows that better than by its principal. */
  readonly subject?: string;
  /** The caller's trace that it is a part of. */
  readonly trace?: TraceContext | undefined;
}

/** What the channels work through: only stored, published versions run here, whatever a request holds. */
export interface Published {
  /** Everything that is live. */
  list(): Promise<readonly PublishedWorkflow[]>;
  /** The version that this caller gets; undefined where nothing is live under the slug. */
  find(slug: string, principal: Principal): Promise<PublishedWorkflow | undefined>;
  /** Accepts a run. Errors: `not_published`, `version_not_found`, `idempotency_conflict`, `input_*`, `busy`. */
  start(start: PublishedStart): Promise<{ readonly runId: string }>;
}

/** Where Nest finds it. */
export const PUBLISHED = Symbol('published');
