import { inSlices } from '@heddle/adapters/event-loop';
import {
  fixturesOf,
  fromErrorValue,
  HeddleError,
  isTerminal,
  joinLabels,
  locationOfPath,
  lostOf,
  publicLabel,
  RunFixturesReply,
  type AnswerRequest,
  type ErrorValue,
  type Journal,
  type LabelledValue,
  type OpenRequest,
  type Principal,
  type PlanBundle,
  type RunAcceptance,
  type RunEventOf,
  type RunCursor,
  type RunQuery,
  type RunReply,
  type RunSummary,
} from '@heddle/core';
import { isBreakpointRequest } from '@heddle/engine';
import { answererOf } from '../human-inputs/may-answer.js';
import type { z } from 'zod';
import type { RunAcceptor, StartRun } from './run-acceptor.js';
import type { LiveRun } from './state/live-run.js';
import type { LostRun } from './state/lost-runs.js';
import type { RunCancellation } from './state/run-cancellation.js';
import type { Driver } from './driver.js';
import type { RunHandles } from './state/run-handles.js';
import type { RunQueue } from './run-queue.js';
import { runReply } from './run-reply.js';
import { whileStored } from './state/while-stored.js';

interface RunServiceDependencies {
  readonly journal: Journal;
  readonly acceptor: RunAcceptor;
  readonly cancellation: RunCancellation;
  readonly handles: RunHandles;
  readonly queue: RunQueue;
  readonly driver: Driver;
  /** Checks that a caller may answer a human input request. */
  readonly checkAnswerer: (request: OpenRequest, caller: Principal) => Promise<void>;
  /** Throws while nothing can be stored. */
  checkStorage(): void;
}

/** Accepts, watches, cancels, resumes and answers runs. */
export class RunService {
  constructor(private readonly dependencies: RunServiceDependencies) {}

  /** Accepts a run. Errors: `busy`, `workflow_invalid`, `input_*`, `reused_result_mismatch`, `storage_*`. */
  start(start: StartRun): Promise<{ readonly runId: string }> {
    return this.dependencies.acceptor.start(start);
  }

  /** Continues a failed or cancelled run as a new run that reuses its results. Errors: `conflict`. */
  resume(...of: Parameters<RunAcceptor['resume']>): Promise<{ readonly runId: string }> {
    return this.dependencies.acceptor.resume(...of);
  }

  /** Runs the workflow of an earlier run again, as it was then. Errors: `run_not_found`, `busy`, `input_*`, `storage_*`. */
  rerun(...of: Parameters<RunAcceptor['rerun']>): Promise<{ readonly runId: string }> {
    return this.dependencies.acceptor.rerun(...of);
  }

  /** Accepts a replay of a recorded run without effects. Errors: `run_not_found`, `conflict`, `busy`, `workflow_invalid`. */
  replay(...of: Parameters<RunAcceptor['replay']>): Promise<{ readonly runId: string }> {
    return this.dependencies.acceptor.replay(...of);
  }

  /** Whether a run waits for a person. False for a run that waits for a time, because it continues by itself. */
  async isAtRest(runId: string): Promise<boolean> {
    const { status } = await this.dependencies.journal.summary(runId);
    return status === 'paused' || (status === 'suspended' && (await this.requests(runId)).length > 0);
  }

  /** Aborted once the server stops and leaves its runs to its next start. */
  get leaving(): AbortSignal {
    return this.dependencies.driver.waiters.allLeft;
  }

  /** Waits until the run has ended or waits for a person, and returns the whole run. The signal ends only the wait. */
  async wait(runId: string, signal?: AbortSignal): Promise<RunReply> {
    await this.settled(runId, signal);
    return this.get(runId);
  }

  /**
   * Waits until the run has ended or waits for a person. The signal ends only the wait. Errors: `aborted` or the reason of the signal if it
   * ended the wait, `shutting_down`.
   */
  async settled(runId: string, signal?: AbortSignal): Promise<RunSummary> {
    let stop = (): void => undefined;
    const aborted = new Promise<void>((resolve) => (stop = resolve));
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await this.settledOr(aborted, runId, signal);
    } finally {
      // A signal can outlive thousands of runs.
      signal?.removeEventListener('abort', stop);
    }
  }

  private async settledOr(aborted: Promise<void>, runId: string, signal: AbortSignal | undefined): Promise<RunSummary> {
    for (;;) {
      const { left, forget } = this.dependencies.driver.waiters.add(runId);
      try {
        // A run leaves memory when it ends or waits; before that there is nothing to read.
        if (this.dependencies.driver.owns(runId) && signal?.aborted !== true && !this.dependencies.queue.isStopping) {
          await Promise.race([left, aborted]);
          continue;
        }
        const nextCheck = this.dependencies.driver.nextCheck();
        const summary = await this.dependencies.journal.summary(runId);
        if (isTerminal(summary.status) || (await this.isAtRest(runId))) return summary;
        if (signal?.reason instanceof HeddleError) throw signal.reason;
        const isLeft = signal?.aborted === true && !this.dependencies.queue.isStopping;
        if (isLeft)
          throw new HeddleError('aborted', `Nobody waits for the run ${runId} any more.`, { details: { runId } });
        if (this.dependencies.queue.isStopping)
          throw new HeddleError(
            'shutting_down',
            `The run ${runId} goes on later: follow it under /api/runs/${runId}.`,
            { details: { runId } },
          );
        await Promise.race([left, aborted, ...(nextCheck === undefined ? [] : [nextCheck])]);
      } finally {
        forget();
      }
    }
  }

  /** Errors: `run_not_found`. */
  async get(runId: string): Promise<RunReply> {
    const summary = await this.summary(runId);
    const reply = await inSlices(runReply(summary, await this.dependencies.journal.events(runId, { showsLost: true })));
    const { driver } = this.dependencies;
    if (isTerminal(summary.status) || driver.owns(runId)) return reply;
    const waiting = (await driver.whyWaiting([runId]))?.get(runId);
    return waiting === undefined ? reply : { ...reply, waiting };
  }

  /** Gives, by run, the reason why no process can continue it; undefined if there is only one process. */
  whyWaiting(runs: readonly RunSummary[]): Promise<ReadonlyMap<string, ErrorValue> | undefined> {
    const { driver } = this.dependencies;
    const mayWait = runs.filter(({ runId, status }) => !isTerminal(status) && !driver.owns(runId));
    return driver.whyWaiting(mayWait.map(({ runId }) => runId));
  }

  /** Gives the fixtures for a test without effects: the outputs of the run's nodes with effects. Errors: `run_not_found`. */
  async fixtures(runId: string): Promise<RunFixturesReply> {
    await this.summary(runId);
    const events = await this.dependencies.journal.events(runId);
    const fixtures = fixturesOf(events);
    const { level } = events
      .flatMap((event) =>
        event.type === 'node-end' && fixtures[locationOfPath(event.path)] !== undefined
          ? Object.values(event.outputs)
          : [],
      )
      .reduce((label, output) => joinLabels(label, output.label), publicLabel);
    return RunFixturesReply.parse({ fixtures, label: level });
  }

  /** Errors: `run_not_found`. */
  async summary(runId: string): Promise<RunSummary> {
    return this.asItIs(await this.dependencies.journal.summary(runId));
  }

  async list(query: RunQuery): Promise<readonly RunSummary[]> {
    return (await this.page(query)).runs;
  }

  /** Lists runs, newest first, and gives the cursor of the next page if there may be one. */
  async page(query: RunQuery): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: RunCursor }> {
    const { status, limit } = query;
    // Runs that are stored as running but have no living owner are listed as queued.
    const wanted =
      status?.includes('queued') === true && !status.includes('running') ? [...status, 'running' as const] : status;
    const found = await this.dependencies.journal.list({
      ...query,
      status: wanted,
    });
    const summaries = found.map((summary) => this.asItIs(summary));
    const runs = status === undefined ? summaries : summaries.filter((summary) => status.includes(summary.status));
    const last = found.length === limit ? found.at(-1) : undefined;
    return last === undefined ? { runs } : { runs, next: { acceptedAt: last.acceptedAt, runId: last.runId } };
  }

  /** Gives a full page of the runs that a caller may see, even if many other runs lie between them. */
  async pageShown(
    query: RunQuery,
    shows: (run: RunSummary) => boolean,
  ): Promise<{ readonly runs: readonly RunSummary[]; readonly next?: RunCursor }> {
    const { limit = 100 } = query;
    const found: RunSummary[] = [];
    for (let asked = query; ;) {
      const { runs, next } = await this.page(asked);
      found.push(...runs.filter(shows));
      const last = found.length > limit ? found[limit - 1] : undefined;
      if (last !== undefined)
        return { runs: found.slice(0, limit), next: { acceptedAt: last.acceptedAt, runId: last.runId } };
      if (next === undefined || found.length === limit) return { runs: found, next };
      asked = { ...query, before: next };
    }
  }

  /** Lists the runs in memory, with their work and waits. */
  snapshot(): readonly LiveRun[] {
    return this.dependencies.handles.all.map((handle) => ({ runId: handle.runId, snapshot: handle.snapshot() }));
  }

  /** The number of runs that callers wait for. */
  get awaited(): number {
    return this.dependencies.driver.waiters.size;
  }

  /** Runs that stopped because of a fault of the store. */
  get lost(): readonly LostRun[] {
    return this.dependencies.driver.lost.list();
  }

  /** Gives what a run was accepted with: its document, the workflows that it refers to, its inputs, and its options. */
  async accepted(runId: string): Promise<PlanBundle & Pick<RunAcceptance, 'inputs' | 'options'>> {
    const [bundle, { inputs, options }] = await Promise.all([
      this.dependencies.journal.bundle(runId),
      this.dependencies.journal.acceptance(runId),
    ]);
    return { document: bundle.document, workflows: bundle.workflows, inputs, options };
  }

  /** Reads the acceptance of a run. Errors: `run_not_found`. */
  acceptance(runId: string): Promise<RunAcceptance> {
    return this.dependencies.journal.acceptance(runId);
  }

  /** Reads how a run ended, with whole outputs; undefined while it has not ended. Errors: `run_not_found`. */
  async end(runId: string): Promise<RunEventOf<'run-end'> | undefined> {
    const { status, lastSeq } = await this.dependencies.journal.summary(runId);
    if (!isTerminal(status)) return undefined;
    const events = await this.dependencies.journal.events(runId, { after: lastSeq - 1 });
    return events.find((event) => event.type === 'run-end');
  }

  /** Reads one whole value of an execution; other replies contain previews of large values. Errors: `run_not_found`, `not_found`. */
  async value(runId: string, path: string, port: string): Promise<LabelledValue> {
    const events = await this.dependencies.journal.events(runId, { showsLost: true, path });
    const found = events.findLast(({ type }) => type === 'node-end' || type === 'node-cached');
    const outputs = found !== undefined && 'outputs' in found ? found.outputs : undefined;
    const value = outputs !== undefined && Object.hasOwn(outputs, port) ? outputs[port] : undefined;
    if (value === undefined)
      throw new HeddleError('not_found', `The run ${runId} has no value at ${path}, port ${port}.`, {
        details: { path, port },
      });
    const lost = lostOf(value.value);
    if (lost !== undefined) throw fromErrorValue(lost);
    return value;
  }

  /** Reads the value of a step of an execution, such as one step of an agent. Errors: `run_not_found`, `not_found`. */
  async stepValue(runId: string, path: string, step: string): Promise<LabelledValue> {
    const events = await this.dependencies.journal.events(runId, { showsLost: true, path });
    const found = events.findLast((event) => event.type === 'node-step' && event.key === step);
    const lost = found?.type === 'node-step' ? lostOf(found.value.value) : undefined;
    if (lost !== undefined) throw fromErrorValue(lost);
    if (found?.type === 'node-step') return found.value;
    throw new HeddleError('not_found', `The run ${runId} has no step ${step} at ${path}.`, { details: { path, step } });
  }

  /** Cancels a run in any state; does nothing if it has ended. Errors: `run_not_found`, `run_terminal`. */
  cancel(...of: Parameters<RunCancellation['cancel']>): Promise<RunSummary> {
    return this.dependencies.cancellation.cancel(...of);
  }

  requests(runId?: string): Promise<readonly OpenRequest[]> {
    return this.dependencies.journal.requests(runId === undefined ? {} : { runId });
  }

  /** Finds a human input request of a run, open or decided; undefined if it does not exist. */
  async request(runId: string, requestId: string): Promise<Pick<OpenRequest, 'question'> | undefined> {
    const open = (await this.requests(runId)).find((request) => request.requestId === requestId);
    if (open !== undefined) return open;
    for (const event of await this.dependencies.journal.events(runId))
      if (event.type === 'human-input-start' && event.requestId === requestId) return event;
    return undefined;
  }

  /** Continues a run from a breakpoint. Errors: as `answer`, and `forbidden` if a person must decide. */
  async continueFromBreakpoint(runId: string, requestId: string, step: boolean, caller: Principal): Promise<void> {
    const open = await this.openRequest(runId, requestId);
    if (!isBreakpointRequest(open))
      throw new HeddleError('forbidden', `The question ${requestId} is not a breakpoint: a person must answer it.`);
    await this.answerStored(runId, requestId, { value: { step }, by: caller.id });
  }

  /** Whether a caller is among those who may answer an open request. */
  async mayAnswer(request: OpenRequest, caller: Principal): Promise<boolean> {
    try {
      await this.dependencies.checkAnswerer(request, caller);
      return true;
    } catch (error) {
      if (error instanceof HeddleError) return false;
      throw error;
    }
  }

  /**
   * Answers an open request; resolves when the answer is committed. Errors: `human_input_not_found`, `human_input_decided`,
   * `human_input_invalid`, `forbidden` if another person must answer.
   */
  async answer(
    runId: string,
    requestId: string,
    answer: z.infer<typeof AnswerRequest>,
    caller?: Principal,
  ): Promise<void> {
    const open = await this.openRequest(runId, requestId);
    if (caller !== undefined) await this.dependencies.checkAnswerer(open, caller);
    const by = caller === undefined ? answer.by : answererOf(caller, answer.by);
    const { value, reason } = answer;
    const said = { by, reason };
    await this.answerStored(runId, requestId, { value, ...said });
  }

  /** Errors: `storage_*`, and those of the answer. */
  private answerStored(...answer: Parameters<Driver['answer']>): Promise<void> {
    this.dependencies.checkStorage();
    return whileStored(this.dependencies.driver.answer(...answer), () => this.dependencies.checkStorage());
  }

  /** Errors: `run_not_found`, `human_input_not_found`, `human_input_decided`. */
  private async openRequest(runId: string, requestId: string) {
    await this.dependencies.journal.summary(runId);
    const open = (await this.requests(runId)).find((request) => request.requestId === requestId);
    if (open === undefined) throw await this.noSuchRequest(runId, requestId);
    return open;
  }

  /** Shows a run without a living owner as queued, although the journal says `running` until the run is recovered. */
  private asItIs(summary: RunSummary): RunSummary {
    const { driver, queue } = this.dependencies;
    const isOrphan = summary.status === 'running' && !driver.owns(summary.runId) && !driver.mayBeElsewhere(summary);
    if (!isOrphan && summary.status !== 'queued') return summary;
    const position = queue.positionOf(summary.runId);
    return { ...summary, status: 'queued', position };
  }

  private async noSuchRequest(runId: string, requestId: string): Promise<HeddleError> {
    const events = await this.dependencies.journal.events(runId);
    const end = events.find((event) => event.type === 'human-input-end' && event.requestId === requestId);
    if (end === undefined)
      return new HeddleError(
        'human_input_not_found',
        `The run ${runId} has no open question ${requestId}: list those that wait with heddle inbox, or GET /api/human-inputs.`,
        { details: { requestId } },
      );
    const isOver = end.type === 'human-input-end' && end.outcome === 'expired';
    const why = isOver ? 'is over: nobody answered in time' : 'was answered already';
    // Says whose answer counts, for a caller who repeats an answer because the reply was lost.
    const decided = end.type !== 'human-input-end' || isOver ? {} : { value: end.value, by: end.by };
    return new HeddleError('human_input_decided', `The question ${requestId} ${why}.`, {
      details: { requestId, ...decided },
    });
  }
}
