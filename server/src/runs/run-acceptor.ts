import {
  defaultProject,
  HeddleError,
  toHeddleError,
  type Blobs,
  type Clock,
  type Journal,
  type Label,
  type LabelledValue,
  type Plan,
  type PlanBundle,
  type ProviderBatch,
  type ReplayMode,
  type RunAcceptance,
  type RunCaller,
  type RunIdempotency,
  type RunOptions,
  type RunTest,
  type RunTrigger,
  type StartRunRequest,
  type TraceContext,
  type WorkflowDocument,
} from '@heddle/core';
import { randomUUID } from 'node:crypto';
import type { CompiledWorkflow, CompileService } from '../compile/compile-service.js';
import { storeDataUrls } from '../files/store-data-urls.js';
import { checkFiles } from './start/check-files.js';
import { resolveInputs, checkInputSizes } from './start/check-inputs.js';
import { checkStart } from './start/check-start.js';
import { checkOptions } from './start/check-options.js';
import { pauseFor } from './state/pause-for.js';
import type { RunCancellation } from './state/run-cancellation.js';
import type { Driver } from './driver.js';
import { groupOf, type RunQueue } from './run-queue.js';
import { insteadOfResume, refuseReplay, refuseWithoutValues } from './start/resume-refusals.js';
import { reusedForInputs } from './start/other-inputs.js';
import type { RunThreads } from './start/run-threads.js';
import { checkReused, eventsToContinue, portsOfReused, reusableOf } from './start/reused-results.js';

/** A request to start a run. */
export interface StartRun {
  readonly document: WorkflowDocument;
  /** The id of the stored workflow, if there is one. */
  readonly workflowId?: string;
  readonly request: StartRunRequest;
  readonly trigger: RunTrigger;
  /** The published version, which is compiled already. */
  readonly published?: {
    readonly compiled: CompiledWorkflow;
    readonly version: number;
    readonly test?: RunTest | undefined;
    /** The id of a new thread that begins with the run, if the version was chosen by it. */
    readonly newThread?: string | undefined;
    readonly idempotency?: RunIdempotency | undefined;
  };
  /** The compiled workflow, if it is compiled already but is not a published version. */
  readonly compiled?: CompiledWorkflow;
  /** The idempotency of a run that is not of a published version. */
  readonly idempotency?: RunIdempotency;
  readonly caller?: RunCaller;
  /** The label of the inputs, if the caller did not write them: a row, or values of another run. */
  readonly label?: Label | undefined;
  readonly trace?: TraceContext | undefined;
  /** Set for a run without effects, such as a test. */
  readonly replay?: ReplayMode | undefined;
  /** The request of the caller, stored so that its channel can read it later. */
  readonly asked?: unknown;
  /** Whether the model calls of the run go to batches of their providers. */
  readonly providerBatch?: ProviderBatch | undefined;
}

/** A request to replay a recorded run without effects. */
interface StartReplay {
  readonly mode: ReplayMode & { readonly of: string };
  /** The workflow to run, with everything that it refers to. */
  readonly bundle: PlanBundle;
  readonly workflowId: string;
  readonly caller: RunCaller;
  readonly idempotency?: RunIdempotency;
}

/** How to repeat a run. Without `inputs`, it gets the inputs of the earlier run; `reuse` takes the results of its finished nodes. */
type Rerun = Omit<StartRunRequest, 'inputs' | 'reuseFrom' | 'thread'> & {
  readonly inputs?: Readonly<Record<string, unknown>> | undefined;
  readonly reuse: boolean;
};

export interface AcceptorDependencies {
  readonly journal: Journal;
  readonly compile: CompileService;
  readonly queue: RunQueue;
  readonly driver: Driver;
  readonly clock: Clock;
  filesOf(project: string): Pick<Blobs, 'has' | 'put'>;
  readonly maxInputBytes: number;
  /** Ends a run that began before its acceptance failed on disk. */
  readonly cancellation: Pick<RunCancellation, 'giveUp'>;
  readonly threads: Pick<RunThreads, 'assign' | 'settle'>;
  /** What a process must have to run a plan, and the class of the run; undefined if there is only one process. */
  readonly needsOf?:
    ((plan: Plan, options: RunOptions) => Promise<Pick<RunAcceptance, 'needs' | 'workerClass'>>) | undefined;
}

/**
 * Accepts runs. A run first gets a position in the queue, then all checks, then its record in the journal, and only then the reply is sent.
 * The run begins with the commit, before the disk confirms it; effects outside this process wait for the disk, like the reply.
 */
export class RunAcceptor {
  private listener: (runId: string) => void = () => undefined;

  constructor(private readonly dependencies: AcceptorDependencies) {}

  /** Registers a listener that is called for each accepted run, during the commit of its acceptance. */
  onAccepted(listener: (runId: string) => void): void {
    this.listener = listener;
  }

  /** Accepts a run. Errors: `busy`, `workflow_invalid`, `input_*`, `reused_result_mismatch`, `storage_*`. */
  async start(start: StartRun): Promise<{ readonly runId: string }> {
    const leaveQueue = this.reserveInQueue(start);
    try {
      const compiled =
        start.published?.compiled ??
        start.compiled ??
        (await this.dependencies.compile.plan(start.document, start.caller?.project));
      const { reuseFrom, thread: _thread, inputs: given, ...options } = start.request;
      checkOptions(compiled, options);
      const before = reuseFrom === undefined ? undefined : await this.originOf(reuseFrom, compiled, options);
      const inputs = await this.inputs(compiled, start, before?.inputs);
      const origin = before && {
        ...before,
        reused: reusedForInputs(compiled.plan, before.reused, inputs, before.inputs),
      };
      checkStart(compiled.plan, options, { ...origin, inputs });
      return await this.accept({ start, compiled, inputs, options, origin, leaveQueue, replay: start.replay });
    } finally {
      leaveQueue();
    }
  }

  /** Continues a failed or cancelled run as a new run that reuses its results. Errors: `conflict`. */
  async resume(runId: string, trace?: TraceContext): Promise<{ readonly runId: string }> {
    const { journal } = this.dependencies;
    const summary = await journal.summary(runId);
    if (summary.status !== 'failed' && summary.status !== 'cancelled') {
      throw new HeddleError(
        'conflict',
        `The run is ${summary.status}: only a run that failed or was cancelled can be resumed. ${insteadOfResume(summary)}`,
        { details: { status: summary.status } },
      );
    }
    refuseWithoutValues(summary);
    const [bundle, acceptance, events] = await Promise.all([
      journal.bundle(runId),
      journal.acceptance(runId),
      eventsToContinue(journal, runId),
    ]);
    refuseReplay(acceptance);
    const compiled = { bundle, plan: await this.dependencies.compile.planOf(bundle) };
    const { only: _only, from: _from, ...options } = acceptance.options;
    const start: StartRun = {
      document: bundle.document,
      workflowId: acceptance.workflowId,
      request: { inputs: {} },
      trigger: 'resume',
      trace,
      caller: acceptance.caller,
      published: acceptance.version === undefined ? undefined : { compiled, version: acceptance.version },
    };
    const leaveQueue = this.reserveInQueue(start);
    try {
      const origin = {
        id: runId,
        rootId: acceptance.rootId,
        reused: reusableOf(compiled.plan, events, {}),
        inputs: acceptance.inputs,
      };
      return await this.accept({ start, compiled, inputs: acceptance.inputs, options, origin, leaveQueue });
    } finally {
      leaveQueue();
    }
  }

  /** Runs the workflow of an earlier run again, as it was then. Errors: `run_not_found`, `busy`, `input_*`, `reused_result_mismatch`. */
  async rerun(
    runId: string,
    { inputs: given, reuse, ...options }: Rerun,
    caller?: RunCaller,
    trace?: TraceContext,
  ): Promise<{ readonly runId: string }> {
    const { journal } = this.dependencies;
    const [bundle, acceptance] = await Promise.all([journal.bundle(runId), journal.acceptance(runId)]);
    refuseReplay(acceptance);
    const compiled = { bundle, plan: await this.dependencies.compile.planOf(bundle) };
    checkOptions(compiled, options);
    const request = { inputs: { ...given }, ...options };
    const start: StartRun = {
      document: bundle.document,
      workflowId: acceptance.workflowId,
      request,
      trigger: 'editor',
      trace,
      caller,
      published: acceptance.version === undefined ? undefined : { compiled, version: acceptance.version },
    };
    const leaveQueue = this.reserveInQueue(start);
    try {
      const earlier = given === undefined || reuse ? acceptance.inputs : undefined;
      const inputs = given === undefined ? acceptance.inputs : await this.inputs(compiled, start, earlier);
      const events = reuse ? await eventsToContinue(journal, runId) : [];
      const found = reusableOf(compiled.plan, events, options);
      const paths = reusedForInputs(compiled.plan, found, inputs, acceptance.inputs);
      const origin = {
        id: runId,
        // With other inputs the work differs, so its effects need other keys.
        rootId: given === undefined ? acceptance.rootId : undefined,
        reused: paths,
        earlier: portsOfReused(paths, events),
        inputs,
      };
      checkStart(compiled.plan, options, origin);
      return await this.accept({ start, compiled, inputs, options, origin, leaveQueue });
    } finally {
      leaveQueue();
    }
  }

  /** Accepts a replay of a recorded run, with the inputs and labels of that run. Errors: `run_not_found`, `conflict`, `busy`, `workflow_invalid`. */
  async replay({ mode, bundle, workflowId, caller, idempotency }: StartReplay): Promise<{ readonly runId: string }> {
    const { journal, compile } = this.dependencies;
    refuseWithoutValues(await journal.summary(mode.of));
    const recorded = await journal.acceptance(mode.of);
    refuseReplay(recorded);
    const { document } = bundle;
    const start: StartRun = { document, workflowId, request: { inputs: {} }, trigger: 'replay', caller };
    const leaveQueue = this.reserveInQueue(start);
    try {
      const compiled = { bundle, plan: await compile.planOf(bundle) };
      // Inputs that the draft no longer has are dropped.
      const inputs = Object.fromEntries(
        Object.entries(recorded.inputs).filter(([name]) => Object.hasOwn(compiled.plan.interface.inputs, name)),
      );
      // The replay reads the conversation of the recorded run as it was then.
      const from = { ...start, caller: { ...caller, thread: recorded.caller?.thread } };
      const accepting = { start: from, compiled, inputs, options: {}, origin: undefined, leaveQueue };
      return await this.accept({ ...accepting, replay: mode, idempotency });
    } finally {
      leaveQueue();
    }
  }

  private async originOf(
    reuseFrom: string,
    compiled: CompiledWorkflow,
    options: Pick<StartRunRequest, 'from' | 'only'>,
  ): Promise<Origin> {
    const { journal } = this.dependencies;
    refuseWithoutValues(await journal.summary(reuseFrom));
    const [events, acceptance, bundle] = await Promise.all([
      eventsToContinue(journal, reuseFrom),
      journal.acceptance(reuseFrom),
      journal.bundle(reuseFrom),
    ]);
    refuseReplay(acceptance);
    const reused = reusableOf(compiled.plan, events, options);
    checkReused(reused, compiled.plan, compiled.bundle, bundle);
    const earlier = portsOfReused(reused, events);
    return { id: reuseFrom, rootId: acceptance.rootId, reused, earlier, inputs: acceptance.inputs };
  }

  private async inputs(
    compiled: CompiledWorkflow,
    { request, caller, label }: Pick<StartRun, 'request' | 'caller' | 'label'>,
    earlier: Readonly<Record<string, LabelledValue>> | undefined,
  ): Promise<Readonly<Record<string, LabelledValue>>> {
    if (earlier !== undefined && Object.keys(request.inputs).length === 0) return earlier;
    const planInterface = compiled.plan.interface;
    const isPartial = request.only !== undefined || request.from !== undefined;
    const files = this.dependencies.filesOf(caller?.project ?? defaultProject);
    const sent = await storeDataUrls(request.inputs, planInterface, files);
    const { maxInputBytes: maxBytes } = this.dependencies;
    checkInputSizes(sent, maxBytes);
    await pauseFor(sent);
    const given = resolveInputs(sent, planInterface, { maxBytes, isPartial, isMeasured: true, label });
    await pauseFor(given);
    // A partial run that reuses results of another run gets the inputs of that run in addition to its own.
    const own = Object.entries(given).filter(([name]) => Object.hasOwn(request.inputs, name));
    const inputs = isPartial ? { ...given, ...earlier, ...Object.fromEntries(own) } : given;
    await checkFiles(given, planInterface, (id) => files.has(id));
    return inputs;
  }

  /** Reserves a position in the queue. The returned function releases it; further calls do nothing. */
  private reserveInQueue(start: StartRun): () => void {
    const { queue } = this.dependencies;
    const group = groupOfStart(start);
    queue.reserve(group);
    let isKept = true;
    return () => {
      if (isKept) queue.unreserve(group);
      isKept = false;
    };
  }

  private async accept(accepting: Acceptance): Promise<{ readonly runId: string }> {
    const time = this.dependencies.clock.now();
    const runId = `${time.toString(36)}${randomHex()}`;
    const { start, compiled } = accepting;
    const { workflowId, document, request } = start;
    if (accepting.replay !== undefined) return this.store(accepting, runId, time, start.caller);
    const { threads } = this.dependencies;
    const run = { runId, workflowId, workflowName: document.name, caller: start.caller, bundle: compiled.bundle };
    const caller = await threads.assign(run, request.thread, start.published?.newThread);
    try {
      return await this.store(accepting, runId, time, caller);
    } finally {
      threads.settle(runId);
    }
  }

  private async store(
    { start, compiled, inputs, options, origin, leaveQueue, replay, idempotency }: Acceptance,
    runId: string,
    time: number,
    caller: RunCaller | undefined,
  ): Promise<{ readonly runId: string }> {
    const { published, trace } = start;
    const { journal, driver, needsOf } = this.dependencies;
    const acceptance = {
      ...(needsOf && (await needsOf(compiled.plan, options))),
      runId,
      workflowId: start.workflowId,
      workflowName: start.document.name,
      time,
      trigger: start.trigger,
      inputs,
      options,
      rootId: origin?.rootId ?? runId,
      origin: origin?.id,
      reused: origin?.reused ?? [],
      caller,
      version: published?.version,
      test: published?.test,
      trace,
      idempotency: published?.idempotency ?? start.idempotency ?? idempotency,
      replay,
      asked: start.asked,
      providerBatch: start.providerBatch,
    };
    let hasBegun = false;
    const stored = journal.accept(acceptance, compiled.bundle, () => {
      hasBegun = true;
      leaveQueue();
      this.listener(runId);
      driver.enqueue(runId, groupOfStart(start), { plan: compiled.plan, acceptance, stored });
    });
    try {
      await stored;
    } catch (error) {
      if (hasBegun) void this.dependencies.cancellation.giveUp(runId, toHeddleError(error));
      throw error;
    }
    return { runId };
  }
}

/** Gives 64 random bits. Node fetches random bytes from the system for many ids at once. */
function randomHex(): string {
  const id = randomUUID();
  return id.slice(0, 8) + id.slice(-8);
}

function groupOfStart({ workflowId, document }: StartRun): string {
  return groupOf({ workflowName: document.name, workflowId });
}

interface Origin {
  readonly id: string;
  /** The id of the first run of the chain. The root of a new chain is its own run. */
  readonly rootId?: string;
  readonly reused: readonly string[];
  /** The ports with a reused result, by node. */
  readonly earlier?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly inputs: Readonly<Record<string, LabelledValue>>;
}

interface Acceptance {
  readonly start: StartRun;
  readonly compiled: CompiledWorkflow;
  readonly inputs: Readonly<Record<string, LabelledValue>>;
  readonly options: Omit<StartRunRequest, 'inputs' | 'reuseFrom' | 'thread'>;
  readonly origin: Origin | undefined;
  readonly leaveQueue: () => void;
  readonly replay?: ReplayMode | undefined;
  readonly idempotency?: RunIdempotency | undefined;
}
