import type { Label, LabelLevel, Plan, PlanBundle, Principal, TraceContext } from '@heddle/core';
import type { ChosenTest } from '../publishing/ab/choose-version.js';

/** A workflow with a live version, as channels see it. */
export interface PublishedWorkflow {
  readonly workflowId: string;
  readonly slug: string;
  readonly name: string;
  readonly version: number;
  /** The A/B test that chose the version for this caller. */
  readonly test?: ChosenTest | undefined;
  readonly plan: Plan;
  readonly bundle: PlanBundle;
  /** The highest label level that a reply may contain. */
  readonly replyClearance: LabelLevel;
  /** Epoch milliseconds. */
  readonly publishedAt: number;
}

interface PublishedStart {
  readonly slug: string;
  readonly version?: number;
  /** The A/B test that chose `version`. */
  readonly test?: ChosenTest | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** The name of the channel, such as `chat`, `mcp`, `webhook`, `schedule` or `share`. */
  readonly channel: string;
  readonly idempotencyKey?: string;
  /** The end user as the caller names them; stored in records. */
  readonly endUser?: string;
  /** The end user that an API key acts for; see `endUserOf`. */
  readonly onBehalfOf?: string | undefined;
  /** The groups of the end user, as the key states them. */
  readonly endUserGroups?: readonly string[] | undefined;
  readonly thread?: string | undefined;
  /** The subject of the run, if the channel knows it more precisely than the principal does. */
  readonly subject?: string;
  /** The trace context that the caller sent. */
  readonly trace?: TraceContext | undefined;
  /** The label of the inputs, if others than the caller wrote a part of them. */
  readonly label?: Label | undefined;
  /** The caller's request, which the channel reads again later. */
  readonly asked?: unknown;
}

/** What is known of the caller, besides the principal, when a version is chosen. */
interface AskingUser {
  readonly endUser?: string | undefined;
  readonly thread?: string | undefined;
  /** The version of an earlier run of this caller. */
  readonly version?: number | undefined;
}

/**
 * What channels use to find and start published workflows. They run only stored, published versions, and a run outlives the request that
 * started it.
 */
export interface Published {
  /** All workflows with a live version. */
  list(): Promise<readonly PublishedWorkflow[]>;
  /** The version for this caller and their end user; undefined if no version is live under the slug. */
  find(slug: string, principal: Principal, asking?: AskingUser): Promise<PublishedWorkflow | undefined>;
  /** Accepts a run. Errors: `not_published`, `version_not_found`, `idempotency_conflict`, `input_*`, `busy`. */
  start(start: PublishedStart): Promise<{ readonly runId: string }>;
}

/** Nest's injection token of `Published`. */
export const PUBLISHED = Symbol('published');
