import { z } from 'zod';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { type LabelledValue, RunStatus, type LiveEvent, type RunEvent, type RunRecord } from '../events/events.js';
import { ErrorValue } from '../errors/heddle-error.js';
import type { ReplayMode } from '../replay/replay-mode.js';
import type { FeedbackFilter } from '../quality/feedback/feedback.js';
import type { AppendFence } from './cluster/run-claims.js';
import type { TraceContext } from './trace.js';

/** What started a run. */
export const RunTrigger = z.enum([
  'editor',
  'api',
  'cli',
  'test',
  'published',
  'schedule',
  'webhook',
  'resume',
  'replay',
]);
export type RunTrigger = z.infer<typeof RunTrigger>;

/** Options of a test run. Keys are node ids, not paths. */
export const RunOptions = z
  .object({
    /** Run only this node; its inputs come from reused results and pins. */
    only: z.string().optional(),
    /** Run this node and the nodes after it; earlier results are reused. */
    from: z.string().optional(),
    /** Fixed outputs, by node id and port. */
    pins: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    breakpoints: z.array(z.string()).optional(),
  })
  .meta({ id: 'RunOptions' });
export type RunOptions = z.infer<typeof RunOptions>;

/**
 * Everything that recovery needs to compile the plan again: the document and, by slug, each workflow that it refers to (rule "Stored
 * plan").
 */
export interface PlanBundle {
  readonly document: WorkflowDocument;
  readonly workflows: Readonly<Record<string, WorkflowDocument>>;
}

/** Who started a run, and through which channel. */
export const RunCaller = z
  .object({
    /** `user:ID`, `key:ID`, `service:ID`, `share:ID`, or `local` for the person at the machine. */
    principal: z.string(),
    project: z.string().optional(),
    /** The id of the API key or share link, if one was used; its budget and rate limit apply. */
    key: z.string().optional(),
    /** The channel, such as `v1`, `chat`, `mcp`, `webhook`, `schedule`, `share`. */
    channel: z.string().optional(),
    /** The end user, as named by the caller. */
    endUser: z.string().max(256).optional(),
    /** The groups of the end user, as stated by an API key that may act for its users. */
    endUserGroups: z.array(z.string().max(256)).max(200).optional(),
    /** The subject of the run if it differs from the principal; see `subjectOf`. */
    subject: z.string().max(512).optional(),
    /** The conversation that the run continues; see `Conversations`. */
    thread: z.string().max(64).optional(),
  })
  .meta({ id: 'RunCaller' });
export type RunCaller = z.infer<typeof RunCaller>;

/**
 * Whether model calls are sent in provider batches, which answer within a day at half the price. `off`: none. `only` and `prefer`: every
 * call that can be batched; if two batches did not answer a call, `only` lets it fail and `prefer` makes it as an ordinary call.
 */
export const ProviderBatch = z.enum(['off', 'only', 'prefer']).meta({ id: 'ProviderBatch' });
export type ProviderBatch = z.infer<typeof ProviderBatch>;

/** The caller's key for a request (`Idempotency-Key`), and a hash of the request. */
export interface RunIdempotency {
  /** The owner of the key: a principal. */
  readonly scope: string;
  readonly key: string;
  /** `sha256:<hex>` of the canonical request. */
  readonly requestHash: string;
}

/** How a run takes part in an A/B test. Its arm is the version of the run. */
export interface RunTest {
  readonly id: string;
  /** A hash of the caller or conversation, which is the unit that the test counts. */
  readonly unit: string;
}

/** The run that an earlier request with this idempotency key started. */
export interface IdempotentRun {
  readonly runId: string;
  readonly requestHash: string;
}

/** The idempotency keys of requests. Each is committed together with its run. */
export interface IdempotencyKeys {
  /** Returns undefined if the key was never used or has expired. A returned run survives a power loss. */
  find(scope: string, key: string): Promise<IdempotentRun | undefined>;
}

/** An accepted run, committed before the reply is sent. */
export interface RunAcceptance {
  readonly runId: string;
  readonly workflowId: string | undefined;
  readonly workflowName: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly trigger: RunTrigger;
  readonly inputs: Readonly<Record<string, LabelledValue>>;
  readonly options: RunOptions;
  /** The first run of a chain of resumes and reruns; idempotency keys of effects derive from it (rule "Terminal runs rest"). */
  readonly rootId: string;
  /** The run that this run continues or repeats. */
  readonly origin: string | undefined;
  readonly caller?: RunCaller;
  /** The published version; missing for drafts. */
  readonly version?: number;
  /** The A/B test that chose the version; missing if the caller requested a version. Committed with the run. */
  readonly test?: RunTest | undefined;
  /** The idempotency key of the request: the same key always means the same run. Committed with the run. */
  readonly idempotency?: RunIdempotency;
  /** The caller's trace that the run joins or links to; without it, the run starts its own trace. */
  readonly trace?: TraceContext;
  /** Executions of `origin` whose results are reused. */
  readonly reused: readonly string[];
  /** Set for a replay of a recorded run, which has no external effects. */
  readonly replay?: ReplayMode;
  /** The original request, which its channel reads again later. It is removed together with the values of the run. */
  readonly asked?: unknown;
  /** Whether its model calls are sent in provider batches. Default: `off`. */
  readonly providerBatch?: ProviderBatch | undefined;
  /** Capabilities that a worker needs to run it. Stored only by a journal that several processes share. */
  readonly needs?: readonly string[];
  /** The worker queue of the run, such as `gpu`. Default: `cpu`. Stored only by a journal that several processes share. */
  readonly workerClass?: string;
}

/** How records are committed. */
export interface AppendOptions {
  /** The records survive a power loss too (rule "Ended means committed"). */
  readonly isPowerSafe?: boolean;
  /** Names the owner of the run, for a journal that several processes share; see `RunClaims`. */
  readonly fence?: AppendFence;
}

/** A run in a list. */
export const RunSummary = z
  .object({
    runId: z.string(),
    workflowId: z.string().optional(),
    workflowName: z.string(),
    status: RunStatus,
    trigger: RunTrigger,
    acceptedAt: z.number(),
    startedAt: z.number().optional(),
    endedAt: z.number().optional(),
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    cost: z.number().nonnegative(),
    version: z.int().positive().optional(),
    caller: RunCaller.optional(),
    error: ErrorValue.optional(),
    origin: z.string().optional(),
    /** For a replay: the id of the recorded run. */
    replayOf: z.string().optional(),
    /** When its values were removed after the retention period (milliseconds since the epoch). The record of the run remains. */
    valuesRemovedAt: z.number().optional(),
    lastSeq: z.int().nonnegative(),
    /** Its position in the queue; 1 starts next. Runs of different workflows alternate. */
    position: z.int().positive().optional(),
  })
  .meta({ id: 'RunSummary' });
export type RunSummary = z.infer<typeof RunSummary>;

/** The fields of a run that decide who may see it. */
export type OwnedRun = Pick<RunSummary, 'runId' | 'workflowId' | 'caller'>;

/** A position in the list of runs, given by a run that may no longer exist. */
export interface RunCursor {
  readonly acceptedAt: number;
  readonly runId: string;
}

/** A query for runs. */
export interface RunQuery {
  readonly workflowId?: string;
  readonly status?: readonly RunStatus[];
  readonly trigger?: readonly RunTrigger[];
  /** Text to find in the workflow name, run id or error; ASCII letters match in any case. */
  readonly search?: string;
  /** Only runs with matching feedback. A journal without feedback returns none. */
  readonly feedback?: FeedbackFilter;
  readonly limit?: number;
  /** Only runs after this position in the list, or accepted before this time (epoch milliseconds, exclusive). */
  readonly before?: number | RunCursor;
}

/** An open human input request, as an inbox lists it. */
export interface OpenRequest {
  readonly requestId: string;
  readonly runId: string;
  readonly path: string;
  /** Titles of the nodes on the path, outermost first. */
  readonly titles?: readonly string[] | undefined;
  readonly question: Extract<RunEvent, { type: 'human-input-start' }>['question'];
  readonly time: number;
}

/** The streamed text of an attempt that has not ended. */
export interface StreamText {
  readonly path: string;
  readonly attempt: number;
  readonly port: string;
  readonly text: string;
}

/** Selects the events of a run to read. */
export interface EventsOptions {
  readonly after?: number;
  readonly limit?: number;
  readonly showsLost?: boolean;
  readonly path?: string;
}

/**
 * The record of every run. The sequence numbers of a run start at 1 and have no gaps.
 *
 * - After `accept` resolves, the run survives a power loss.
 * - An append is all or nothing, in order, and durable when it returns or resolves.
 * - Nothing is appended to a terminal run (`run_terminal`).
 * - A `run-end` record sets the terminal status in the same commit.
 * - `events` returns exactly what was appended, by sequence number.
 */
export interface Journal {
  /**
   * Stores a run and its bundle (each bundle once, by hash) and returns the hash of the bundle. Errors: `conflict` if the run id exists,
   * `storage_*`.
   *
   * `onCommitted` is called as soon as the run survives the end of the process: in a later tick, and before the promise resolves. An error
   * after that means that the disk write failed; the caller then ends the run.
   */
  accept(run: RunAcceptance, bundle: PlanBundle, onCommitted?: () => void): Promise<string>;
  /**
   * Commits records and returns the sequence number of the first one; the others follow without gaps. It may return at once
   * (in memory) or share a commit with other runs. Errors: `run_terminal`, `run_not_found`, `run_lost` if another process owns the run.
   */
  append(runId: string, records: readonly RunRecord[], options?: AppendOptions): number | Promise<number>;
  /**
   * Resolves when everything committed so far survives a power loss; returns undefined if it already does. Waits while the disk has a
   * fault. A journal that needs no flush omits this method.
   */
  flushed?(): Promise<void> | undefined;
  /**
   * Stores joined pieces of streamed text without waiting. A crash may lose them. With an epoch, they are stored only if this process still
   * owns the run.
   */
  saveDeltas(runId: string, deltas: readonly Extract<LiveEvent, { type: 'node-delta' }>[], epoch?: number): void;
  /** Returns the streamed text of executions that have not ended. */
  streams(runId: string): Promise<readonly StreamText[]>;

  acceptance(runId: string): Promise<RunAcceptance>;
  bundle(runId: string): Promise<PlanBundle>;
  /** Errors: `run_not_found`. */
  summary(runId: string): Promise<RunSummary>;
  list(query: RunQuery): Promise<readonly RunSummary[]>;
  /**
   * Returns durable events with `seq > after`, at most `limit` (default: all), with complete values, including large ones. If a value
   * cannot be read, it throws `storage_corrupt`; with `showsLost`, a `LostValue` replaces that value, for display only.
   */
  events(runId: string, options?: EventsOptions): Promise<readonly RunEvent[]>;
  /** Returns the runs that are neither terminal nor paused, which the server continues when it starts. */
  unfinished(): Promise<readonly RunSummary[]>;
  /** Returns the suspended runs that have a wake time, soonest first. */
  due(): Promise<readonly { readonly runId: string; readonly until: number }[]>;
  requests(query?: { readonly runId?: string }): Promise<readonly OpenRequest[]>;
  close(): Promise<void>;
}
