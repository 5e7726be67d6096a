import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { VersionGate } from '../quality/gates/gate.js';
import type { PlanBundle } from './journal.js';

/** What a published version refers to, by content, so that the version keeps its meaning. */
export const PinnedReference = z
  .object({
    kind: z.enum(['workflow', 'policy', 'prompt', 'tool', 'model', 'collection', 'connection', 'node']),
    id: z.string(),
    /** `sha256:<hex>` of the canonical content; for connections and collections, of their description. */
    hash: z.string(),
  })
  .meta({ id: 'PinnedReference' });
export type PinnedReference = z.infer<typeof PinnedReference>;

/** One way for data to leave: a line of the data map. */
export const DataFlow = z
  .object({
    /** The node that sends the data. */
    node: z.string(),
    destination: z.string(),
    kind: z.enum(['model', 'network', 'tool', 'collection', 'reply', 'webhook', 'share', 'download']),
    isLocal: z.boolean(),
    /** The highest level that can reach it, as far as it is known before a run. */
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
    /** The accepted data map. */
    dataMap: z.array(DataFlow),
    /** The clearance of the reply. */
    replyClearance: LabelLevel.default('internal'),
    /** For a first version with a new slug: the former slug of the workflow. */
    formerSlug: z.string().optional(),
    /** How it came through the gate; missing where the project had no rule for it. */
    gate: VersionGate.optional(),
  })
  .meta({ id: 'WorkflowVersion' });
export type WorkflowVersion = z.infer<typeof WorkflowVersion>;

/** The versions for callers who request no particular version. */
export const LivePointer = z
  .object({
    version: z.int().positive(),
    /** The share of callers, 0 to 1, that gets this version; the same caller always gets the same version. */
    canary: z
      .object({
        version: z.int().positive(),
        share: z.number().min(0).max(1),
        /** Maximum share of failed runs; above it, the canary is stopped. */
        maxErrorRate: z.number().min(0).max(1).optional(),
        /** Maximum mean duration of a run in milliseconds; above it, the canary is stopped. */
        maxMeanMs: z.number().positive().optional(),
        /** Minimum number of runs before the canary is judged. */
        minRuns: z.int().positive().optional(),
      })
      .optional(),
    /** The last canary that was stopped automatically, with the results of its runs, until the pointer changes. */
    takenBack: z
      .object({
        version: z.int().positive(),
        /** Epoch milliseconds. */
        at: z.number(),
        runs: z.int().nonnegative(),
        failed: z.int().nonnegative(),
        meanMs: z.number().nonnegative(),
      })
      .optional(),
  })
  .meta({ id: 'LivePointer' });
export type LivePointer = z.infer<typeof LivePointer>;

/** Stores versions. A version is never changed, and never deleted while a run or a caller may use it. */
export interface VersionStore {
  /** Stores and returns the next version; the live pointer does not change. */
  add(version: Omit<WorkflowVersion, 'version'>, bundle: PlanBundle): Promise<WorkflowVersion>;
  list(workflowId: string): Promise<readonly WorkflowVersion[]>;
  /** Errors: `version_not_found`. */
  get(workflowId: string, version: number): Promise<WorkflowVersion & { readonly bundle: PlanBundle }>;
  /** Undefined if nothing is published. */
  live(workflowId: string): Promise<LivePointer | undefined>;
  /** Sets the live pointer; undefined unpublishes the workflow. */
  setLive(workflowId: string, live: LivePointer | undefined): Promise<void>;
  /** Whether callers ever got this version, live or as a canary: it can be live again at once. */
  hasBeenLive(workflowId: string, version: number): Promise<boolean>;
  /** The live pointers of all published workflows, by workflow id. */
  allLive(): Promise<ReadonlyMap<string, LivePointer>>;
  /** The `tests.jsonl` of the workflow; undefined if it has none. */
  tests(workflowId: string): Promise<string | undefined>;
  setTests(workflowId: string, content: string | undefined): Promise<void>;
}
