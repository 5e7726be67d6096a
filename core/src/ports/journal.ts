import { z } from 'zod';
import type { WorkflowDocument } from '../document/workflow-document.js';
import { type LabelledValue, RunStatus, type LiveEvent, type RunEvent, type RunRecord } from '../events/events.js';
import { ErrorValue } from '../errors/heddle-error.js';
import type { TraceContext } from './trace.js';

/** Who or what began a run. */
export const RunTrigger = z.enum(['editor', 'api', 'cli', 'test', 'published', 'schedule', 'webhook', 'resume']);
export type RunTrigger = z.infer<typeof RunTrigger>;

/** How a test run differs from a plain one (design §9). Node ids, not paths. */
export const RunOptions = z
  .object({
    /** Run this node alone; what feeds it comes from seeds and pins. */
    only: z.string().optional(),
    /** Run this node and what follows; earlier results come from seeds. */
    from: z.string().optional(),
    /** Outputs given by hand: node id to port to value. */
    pins: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
    /** Park before these nodes. */
    breakpoints: z.array(z.string()).optional(),
  })
  .meta({ id: 'RunOptions' });
export type RunOptions = z.infer<typeof RunOptions>;

/** Everything that recovery needs to compile the plan again: the document and each workflow it refers to, by slug (D3). */
export interface PlanBundle {
  readonly document: WorkflowDocument;
  readonly workflows: Readonly<Record<string, WorkflowDocument>>;
}

/** Who asked for a run and through which door. */
export const RunCaller = z
  .object({
    /** `user:ID`, `key:ID`, `service:ID`, `share:ID`, or `local` for the person at the machine. */
    principal: z.string(),
    /** Project that the run belongs to. */
    project: z.string().optional(),
    /** The id of the API key or share link, where there was one: what its budget and rate go by. */
    key: z.string().optional(),
    /** How it came in, such as `v1`, `chat`, `mcp`, `webhook`, `schedule`, `share`. */
    door: z.string().optional(),
    /** The end user, as the caller names them. */
    endUser: z.string().max(256).optional(),
    /** Whom the run is for, where that is not the principal; see `subjectOf`. */
    subject: z.string().max(512).optional(),
  })
  .meta({ id: 'RunCaller' });
export type RunCaller = z.infer<typeof RunCaller>;

/** A caller's own name for a request (`Idempotency-Key`), and what the request was. */
export interface RunIdempotency {
  /** Whose name it is: a principal. */
  readonly scope: string;
  readonly key: string;
  /** `sha256:<hex>` of the canonical request. */
  readonly requestHash: string;
}

/** The run that a named request began. */
export interface IdempotentRun {
  readonly runId: string;
  readonly requestHash: string;
}

/** Names of requests that are remembered, each committed with its run. */
export interface IdempotencyKeys {
  /** Undefined where the name was never used, or so long ago that it is forgotten. A run that it gives survives a power loss. */
  find(scope: string, key: string): Promise<IdempotentRun | undefined>;
}

/** An accepted run, as it is committed before the reply. */
export interface RunAcceptance {
  readonly runId: string;
  readonly workflowId: string | undefined;
  readonly workflowName: string;
  /** Epoch milliseconds. */
  readonly time: number;
  readonly trigger: RunTrigger;
  readonly inputs: Readonly<Record<string, LabelledValue>>;
  readonly options: RunOptions;
  /** The first run of a chain of resumes and reruns; the root of idempotency keys (D2). */
  readonly rootId: string;
  /** The run that this one continues or repeats. */
  readonly origin: string | undefined;
  readonly caller?: RunCaller;
  /** The published version that runs; left out for drafts. */
  readonly version?: number;
  /** Where the caller named the request: the same name again is the same run. Committed with the run. */
  readonly idempotency?: RunIdempotency;
  /** The trace of the caller that the run is a part of, or has a link to; left out, it has its own. */
  readonly trace?: TraceContext;
  /** Executions of `origin` whose results are used instead of running them. */
  readonly seeds: readonly string[];
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
    /** Its values were kept long enough and are gone (epoch milliseconds); what stays tells that it ran. */
    valuesRemovedAt: z.number().optional(),
    lastSeq: z.int().nonnegative(),
    /** While it is queued: its place in the line, 1 begins next. Runs of several workflows begin in turns. */
    position: z.int().positive().optional(),
  })
  .meta({ id: 'RunSummary' });
export type RunSummary = z.infer<typeof RunSummary>;

/** What of a run tells who may see it. */
export type OwnedRun = Pick<RunSummary, 'runId' | 'workflowId' | 'caller'>;

/** A place in the list of runs: that of a run, which need not be there any more. */
export interface RunPlace {
  readonly acceptedAt: number;
  readonly runId: string;
}

export interface RunQuery {
  readonly workflowId?: string;
  readonly status?: readonly RunStatus[];
  readonly trigger?: readonly RunTrigger[];
  /** Words that the workflow's name, the run's id or its error contains, whatever their case (ASCII letters). */
  readonly search?: string;
  readonly limit?: number;
  /** Runs that come behind a place in the list, or that were accepted before a time (epoch milliseconds, exclusive). */
  readonly before?: number | RunPlace;
}

/** An open question, as inboxes list it. */
export interface OpenAsk {
  readonly askId: string;
  readonly runId: string;
  readonly path: string;
  /** What people call the nodes of the path, outermost first. */
  readonly titles?: readonly string[] | undefined;
  readonly question: Extract<RunEvent, { type: 'ask-start' }>['question'];
  readonly time: number;
}

/** What was streamed by an attempt that has not ended. */
export interface StreamText {
  readonly path: string;
  readonly attempt: number;
  readonly port: string;
  readonly text: string;
}

/** Which events of a run are read, and how. */
export interface EventsOptions {
  readonly after?: number;
  readonly limit?: number;
  readonly showsLost?: boolean;
}

/**
 * The truth about runs (design §4). Seqs of a run start at 1 and have no gaps.
 *
 * J1 `accept` survives a power loss when it resolves. J2 an append is all or nothing, in order, and durable when it is given back or resolves.
 * J3 nothing is appended to a terminal run (`run_terminal`). J4 a `run-end` record sets the terminal status in the same commit.
 * J5 `events` gives exactly what was appended, by seq.
 */
export interface Journal {
  /**
   * Stores a run and its bundle (once by hash) and gives the bundle's hash. Errors: `conflict` when the run id is taken, `storage_*`.
   *
   * `onCommitted` is called in a later turn and before it resolves, once the run outlives the process. An error after that means that the disk did not take it: whoever
   * began the run then ends it.
   */
  accept(run: RunAcceptance, bundle: PlanBundle, onCommitted?: () => void): Promise<string>;
  /**
   * Commits records and gives the seq of the first; the rest follow without gaps. May answer at once (in memory) or share a
   * commit with other runs. `isPowerSafe` asks that it survives a power loss too (D1).
   */
  append(
    runId: string,
    records: readonly RunRecord[],
    options?: { readonly isPowerSafe?: boolean },
  ): number | Promise<number>;
  /**
   * Resolves when everything that is committed now survives a power loss; undefined where it does already. Waits while the disk has a
   * fault. A journal whose commits survive one by themselves, or never do, leaves it out.
   */
  flushed?(): Promise<void> | undefined;
  /** Keeps streamed text, coalesced and without a promise: it may be lost in a crash. */
  saveDeltas(runId: string, deltas: readonly Extract<LiveEvent, { type: 'node-delta' }>[]): void;
  /** Streamed text of executions that have not ended. */
  streams(runId: string): Promise<readonly StreamText[]>;

  acceptance(runId: string): Promise<RunAcceptance>;
  bundle(runId: string): Promise<PlanBundle>;
  /** Errors: `run_not_found`. */
  summary(runId: string): Promise<RunSummary>;
  list(query: RunQuery): Promise<readonly RunSummary[]>;
  /**
   * Durable events with `seq > after`, at most `limit` (default all). Values are whole, wherever they are stored. Where one cannot be read, it throws
   * `storage_corrupt`; with `showsLost`, a `LostValue` stands in its place, for those who only look.
   */
  events(runId: string, options?: EventsOptions): Promise<readonly RunEvent[]>;
  /** Runs that are neither terminal nor held: what a start of the server goes on with. */
  unfinished(): Promise<readonly RunSummary[]>;
  /** Parked runs with a time to wake, soonest first. */
  due(): Promise<readonly { readonly runId: string; readonly until: number }[]>;
  asks(query?: { readonly runId?: string }): Promise<readonly OpenAsk[]>;
  close(): Promise<void>;
}
