import type { Label, LabelLevel, Plan, PlanBundle, Principal, TraceContext } from '@heddle/core';
import type { ChosenTest } from '../publishing/ab/choose-version.js';

/** A workflow with a live version, for channels. */
export interface PublishedWorkflow {
  readonly workflowId: string;
  readonly slug: string;
  readonly name: string;
  readonly version: number;
  /** The A/B test that chose the version for a caller. */
  readonly test?: ChosenTest | undefined;
  readonly plan: Plan;
  readonly bundle: PlanBundle;
  /** The highest level in a reply. */
  readonly replyClearance: LabelLevel;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
}

/** A start of a run of a published version. */
interface PublishedStart {
  readonly slug: string;
  readonly version?: number;
  /** The A/B test that chose `version`. */
  readonly test?: ChosenTest | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** For example `chat`, `mcp`, `webhook`, `schedule`, `share`. */
  readonly channel: string;
  readonly idempotencyKey?: string;
  /** The end user as the caller names them, for records. */
  readonly endUser?: string;
  /** The end user of a key; see `endUserOf`. */
  readonly onBehalfOf?: string | undefined;
  /** The groups of the end user, as the key states them. */
  readonly endUserGroups?: readonly string[] | undefined;
  /** The thread that the run continues. */
  readonly thread?: string | undefined;
  /** The subject of the run, if the channel knows it better than the principal. */
  readonly subject?: string;
  /** The trace of the caller. */
  readonly trace?: TraceContext | undefined;
  /** The label of the inputs, if the caller did not write all of them. */
  readonly label?: Label | undefined;
  /** The request of the caller, for its channel to read again. */
  readonly asked?: unknown;
}

/** The user that a version is chosen for, besides the principal. */
interface AskingUser {
  readonly endUser?: string | undefined;
  /** The conversation, if it is known. */
  readonly thread?: string | undefined;
  /** A version that a run of the caller has already. */
  readonly version?: number | undefined;
}

/** The interface of channels. They run only stored, published versions, independently of the request. */
export interface Published {
  /** All live workflows. */
  list(): Promise<readonly PublishedWorkflow[]>;
  /** The version for this caller and their end user; undefined where nothing is live under the slug. */
  find(slug: string, principal: Principal, asking?: AskingUser): Promise<PublishedWorkflow | undefined>;
  /** Accepts a run. Errors: `not_published`, `version_not_found`, `idempotency_conflict`, `input_*`, `busy`. */
  start(start: PublishedStart): Promise<{ readonly runId: string }>;
}

/** The injection token. */
export const PUBLISHED = Symbol('published');
