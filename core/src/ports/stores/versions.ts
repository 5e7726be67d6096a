import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import { LiveTest, type AbTest } from '../../quality/ab/ab-test.js';
import { VersionGate } from '../../quality/gates/gate.js';
import type { GuardedWrite } from '../database/guarded-write.js';
import type { PlanBundle } from '../journal.js';

/** Something that a published version refers to, pinned by its content so that the version keeps its meaning. */
export const PinnedReference = z
  .object({
    kind: z.enum(['workflow', 'policy', 'prompt', 'tool', 'model', 'collection', 'connection', 'node']),
    id: z.string(),
    /** `sha256:<hex>` of the canonical content; for connections and collections, of their description. */
    hash: z.string(),
  })
  .meta({ id: 'PinnedReference' });
export type PinnedReference = z.infer<typeof PinnedReference>;

/** One path by which data leaves a workflow: a line of the data map. */
export const DataFlow = z
  .object({
    node: z.string(),
    destination: z.string(),
    kind: z.enum([
      'model',
      'network',
      'tool',
      'collection',
      'thread',
      'facts',
      'reply',
      'webhook',
      'share',
      'download',
    ]),
    isLocal: z.boolean(),
    /** The highest level that can reach the destination, as far as this is known before a run. */
    level: LabelLevel,
    marks: z.array(z.string()),
    clearance: LabelLevel.optional(),
    /** The nodes on the path that declassify an output. */
    declassifiedBy: z.array(z.string()),
  })
  .meta({ id: 'DataFlow' });
export type DataFlow = z.infer<typeof DataFlow>;

/** A numbered, immutable version of a workflow. */
export const WorkflowVersion = z
  .object({
    workflowId: z.string(),
    version: z.int().positive(),
    /** `sha256:<hex>` of the canonical bundle. */
    hash: z.string(),
    author: z.string(),
    note: z.string().max(10_000),
    /** Epoch milliseconds. */
    publishedAt: z.number(),
    references: z.array(PinnedReference),
    dataMap: z.array(DataFlow),
    replyClearance: LabelLevel.default('internal'),
    /** For a first version with a new slug: the former slug of the workflow. */
    formerSlug: z.string().optional(),
    /** The result of the gate; missing if the project had no rule for the version. */
    gate: VersionGate.optional(),
  })
  .meta({ id: 'WorkflowVersion' });
export type WorkflowVersion = z.infer<typeof WorkflowVersion>;

/** The versions that callers get when they do not request one. */
export const LivePointer = z
  .object({
    version: z.int().positive(),
    /** A canary or an A/B test with this version as control. The same caller always gets the same version. */
    test: LiveTest.optional(),
  })
  .meta({ id: 'LivePointer' });
export type LivePointer = z.infer<typeof LivePointer>;

/** A change of a live pointer. The stored test changes in the same commit. */
export interface LiveChange {
  readonly live: LivePointer | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly who: string;
  /**
   * The test after this change: a changed running test with the revision that was read, or a new test with revision 0. The store adds 1 to
   * the revision. If missing, a running test ends as `replaced`, or as `unpublished` if `live` is undefined.
   */
  readonly test?: AbTest | undefined;
}

/** Stores versions. A version never changes, and it is never deleted while a run or a caller may use it. */
export interface VersionStore {
  /** Returns the next version and its writes. Errors of the commit: `conflict` if another process stored a version first. */
  next(
    version: Omit<WorkflowVersion, 'version'>,
    bundle: PlanBundle,
  ): Promise<{ readonly version: WorkflowVersion; readonly writes: readonly GuardedWrite[] }>;
  /** Stores and returns the next version; the live pointer does not change. */
  add(version: Omit<WorkflowVersion, 'version'>, bundle: PlanBundle): Promise<WorkflowVersion>;
  list(workflowId: string): Promise<readonly WorkflowVersion[]>;
  /** Errors: `version_not_found`. */
  get(workflowId: string, version: number): Promise<WorkflowVersion & { readonly bundle: PlanBundle }>;
  /** Undefined if nothing is published. */
  live(workflowId: string): Promise<LivePointer | undefined>;
  /**
   * Returns the writes that set the live pointer; if `live` is undefined, they unpublish the workflow. Errors, also of the commit:
   * `version_not_found`, and `conflict` if the test changed meanwhile.
   */
  liveWrites(workflowId: string, change: LiveChange): Promise<readonly GuardedWrite[]>;
  /** Sets the live pointer in a commit of its own. Errors: as `liveWrites`. */
  setLive(workflowId: string, change: LiveChange): Promise<void>;
  /** Whether callers ever got this version, live or as an arm of a test. If so, it can go live again at once. */
  hasBeenLive(workflowId: string, version: number): Promise<boolean>;
  /** Returns the live pointers of all published workflows, by workflow id. */
  allLive(): Promise<ReadonlyMap<string, LivePointer>>;
  /** Returns the `tests.jsonl` of the workflow; undefined if it has none. */
  tests(workflowId: string): Promise<string | undefined>;
  testsWrites(workflowId: string, content: string | undefined): readonly GuardedWrite[];
  setTests(workflowId: string, content: string | undefined): Promise<void>;
}
