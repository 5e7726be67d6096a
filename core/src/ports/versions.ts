import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import type { PlanBundle } from './journal.js';

/** What a published version refers to, by content: so that the same version means the same thing tomorrow. */
export const PinnedReference = z
  .object({
    kind: z.enum(['workflow', 'policy', 'prompt', 'tool', 'model', 'collection', 'connection', 'node']),
    id: z.string(),
    /** `sha256:<hex>` of its canonical content; for connections and collections of what describes them. */
    hash: z.string(),
  })
  .meta({ id: 'PinnedReference' });
export type PinnedReference = z.infer<typeof PinnedReference>;

/** One way that data can leave: a line of the data map. */
export const DataFlow = z
  .object({
    /** Node that hands the data over. */
    node: z.string(),
    destination: z.string(),
    kind: z.enum(['model', 'network', 'tool', 'collection', 'reply', 'webhook', 'share', 'download']),
    isLocal: z.boolean(),
    /** What can reach it at most, as far as it is known before a run. */
    level: LabelLevel,
    marks: z.array(z.string()),
    ceiling: LabelLevel.optional(),
    /** Where an output was lowered on the way, by which nodes. */
    loweredBy: z.array(z.string()),
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
    /** The data map as it was accepted. */
    dataMap: z.array(DataFlow),
    /** The strictest level that a reply of it may carry. */
    replyCeiling: LabelLevel.default('internal'),
    /** Of a first version that came with another slug: what the workflow was called until then. */
    formerSlug: z.string().optional(),
  })
  .meta({ id: 'WorkflowVersion' });
export type WorkflowVersion = z.infer<typeof WorkflowVersion>;

/** Which versions callers get who pin none. */
export const LivePointer = z
  .object({
    version: z.int().positive(),
    /** A share of the callers, 0 to 1, gets this one instead; the same caller always the same. */
    canary: z
      .object({
        version: z.int().positive(),
        share: z.number().min(0).max(1),
        /** Failed runs, as a share of its runs, above which it is taken back. */
        maxErrorRate: z.number().min(0).max(1).optional(),
        /** Milliseconds, as a mean of its runs, above which it is taken back. */
        maxMeanMs: z.number().positive().optional(),
        /** Runs that it is judged by at least. */
        minRuns: z.int().positive().optional(),
      })
      .optional(),
    /** The canary that was taken back by itself and how its runs had gone, until the pointer is moved again. */
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

/** Where versions are kept. Versions are never changed or deleted while a run or a caller may name them. */
export interface VersionStore {
  /** Stores the next version and gives it; the live pointer stays. */
  add(version: Omit<WorkflowVersion, 'version'>, bundle: PlanBundle): Promise<WorkflowVersion>;
  list(workflowId: string): Promise<readonly WorkflowVersion[]>;
  /** Errors: `version_not_found`. */
  get(workflowId: string, version: number): Promise<WorkflowVersion & { readonly bundle: PlanBundle }>;
  /** Undefined while nothing is published. */
  live(workflowId: string): Promise<LivePointer | undefined>;
  /** Moves the live pointer, or takes the workflow off the air with undefined. */
  setLive(workflowId: string, live: LivePointer | undefined): Promise<void>;
  /** The pointers of everything that is published, by workflow id. */
  allLive(): Promise<ReadonlyMap<string, LivePointer>>;
  /** The workflow's `tests.jsonl`; undefined where it has none. */
  tests(workflowId: string): Promise<string | undefined>;
  setTests(workflowId: string, content: string | undefined): Promise<void>;
}
