import {
  toErrorValue,
  type Answer,
  type HeddleError,
  type NestedResult,
  type PlanNode,
  type Question,
  type RunAcceptance,
} from '@heddle/core';
import { callNode } from '../calls/call-node.js';
import { RunContext, type CallWaiting } from '../calls/run-context.js';
import { createFrame, openFrame, replay, type NewFrame } from '../frames/open-frame.js';
import { checkFrame, closeNested } from '../frames/frame-end.js';
import { listenTo, makeReady } from '../frames/frame-listener.js';
import { settle } from '../frames/settle.js';
import { abortCall, drop, giveUpAfterGrace, stopFrame, stopSkipped } from '../frames/stopping.js';
import { Heartbeat } from '../timing/heartbeat.js';
import type { AcceptedRun, EngineHost, RunOutcome } from '../host.js';
import { loseJournal, onRefusal } from './journal-refusal.js';
import type { Limits } from '../limits/limits.js';
import { Mailbox } from './mailbox.js';
import { endNested } from '../nested/nested-end.js';
import { checkNestedLater, deliver, stopNested, waitForNested } from '../nested/nested-waits.js';
import { openNested, type NestedRequest } from '../nested/open-nested.js';
import { rereadNested } from '../nested/reread-nested.js';
import { runNested } from '../nested/run-nested.js';
import { Outbox, type Batch } from './outbox.js';
import type { Outcome } from './outcome.js';
import { HumanInputs } from '../suspension/human-inputs.js';
import { Breakpoints } from '../suspension/breakpoints.js';
import { suspend, rest } from '../suspension/suspend.js';
import {
  requestForRun,
  confirmsThatItRan,
  mustPause,
  pausesAtBreakpoint,
  staysSuspended,
  staysRetrying,
  type RequestForRun,
} from '../suspension/pause-before.js';
import { stillWaits } from '../suspension/still-waits.js';
import { attemptAt, wake, wakePath } from '../suspension/waking.js';
import { recordDerived, type DerivedRecord } from '../recovery/derived-records.js';
import type { EarlierRuns } from '../recovery/earlier-runs.js';
import type { RequestEntry, NestedEnd, PastRun, SettlingEvent } from '../recovery/history.js';
import { RunMemory } from '../recovery/run-memory.js';
import { recordBegin, openRoot, beginRoot, stopOf } from './run-begin.js';
import { RunClock } from '../timing/run-clock.js';
import { endRun, writeEnd } from './run-end.js';
import { RunStatus } from './run-status.js';
import type { Frame, QueuePosition, Task } from './run-tree.js';
import type { Outputs, SchedulerListener } from '../scheduler/scheduler-types.js';
import type { Stop } from './stop.js';
import { releaseConsumers, restartConsumers, stopUnneededProducers } from '../streams/consumers.js';
import { handleDelta } from '../streams/handle-delta.js';
import { begin, call, launch } from '../tasks/begin.js';
import { commitKnown, commitOutcome } from '../tasks/commit.js';
import { conclude, handleLateOutcome, handleOutcome } from '../tasks/conclude.js';
import { armTimers } from '../tasks/deadlines.js';
import { canRetry, forgetNestedFailures, recordRetry, waitForRetry } from '../tasks/retry.js';
import { pause, setWaiting, unpause, waitForSlots } from '../tasks/slots.js';
import type { TaskEvent } from '../tasks/task-state.js';

// The modules of the engine do not know the runner: each declares what it uses of the run. This file connects them, one line each.

/** The parts and modules of one run. */
export abstract class RunWiring implements CallWaiting {
  readonly runId: string;
  readonly host: EngineHost;
  readonly accepted: AcceptedRun;
  readonly acceptance: RunAcceptance;
  readonly limits: Limits;
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  readonly memory: RunMemory;
  readonly requests: HumanInputs;
  readonly breakpoints: Breakpoints;
  readonly heartbeat: Heartbeat;
  /** The frames by path prefix, which is empty for the run itself. */
  readonly frames = new Map<string, Frame>();
  /** The number of calls that have not returned and do not wait for nested runs. */
  running = 0;
  /** A stop that was requested before the run began. */
  private pendingStop: Stop | undefined;

  constructor(host: EngineHost, accepted: AcceptedRun, past: PastRun | undefined) {
    const { acceptance, stored } = accepted;
    this.host = host;
    this.accepted = accepted;
    this.acceptance = acceptance;
    this.runId = acceptance.runId;
    this.limits = host.limits;
    this.clock = new RunClock(host.clock, this.runId);
    this.mailbox = new Mailbox(host);
    this.outbox = new Outbox(host, this.runId, {
      onAdded: () => this.mailbox.poke(),
      onResult: (result) => this.mailbox.post({ type: 'committed', result }),
      onRefusal: (batch, error) => this.onRefusal(batch, error),
    });
    this.status = new RunStatus(this.clock, this.outbox, stored);
    this.memory = new RunMemory(past);
    this.requests = new HumanInputs(this, past?.requests);
    this.breakpoints = new Breakpoints(acceptance.options.breakpoints, past?.isStepping ?? false);
    this.heartbeat = new Heartbeat(host, this.clock, this.outbox, this.frames, this);
  }

  /** Applies an event to an execution and carries out the effects. Returns false if the state does not allow the event. */
  abstract advance(task: Task, event: TaskEvent): boolean;

  later(callback: () => void): void {
    this.mailbox.later(callback);
  }

  random(): number {
    return this.host.random();
  }

  // The run as a whole

  openRoot(earlier: EarlierRuns): void {
    openRoot(this, earlier);
  }

  beginRoot(): void {
    beginRoot(this);
  }

  recordBegin(): void {
    recordBegin(this);
  }

  openRootFrame(inputs: Outputs): void {
    const root = this.openFrame({ plan: this.accepted.plan, prefix: '', depth: 0, inputs, parent: undefined });
    const stop = this.pendingStop ?? stopOf(this.memory.past?.cancelRequest);
    if (stop !== undefined) this.stopFrame(root, stop);
  }

  failAtOnce(error: unknown): void {
    writeEnd(this, 'failed', { error: toErrorValue(error) });
  }

  endRun(root: Frame): void {
    endRun(this, root);
  }

  /** Removes the run from memory. */
  finish(status: RunOutcome['status'], details: Omit<RunOutcome, 'runId' | 'status'>): void {
    this.status.outcome = { runId: this.runId, status, ...details };
    this.heartbeat.end();
    for (const frame of this.frames.values()) for (const task of frame.tasks) task?.cancelTimers();
    this.mailbox.poke();
  }

  stopAll(stop: Stop): void {
    const root = this.frames.get('');
    if (root === undefined) this.pendingStop ??= stop;
    else this.stopFrame(root, stop);
  }

  onRefusal(batch: Batch, error: HeddleError): void {
    onRefusal(this, batch, error);
  }

  loseJournal(error: HeddleError): void {
    loseJournal(this, error);
  }

  recordDerived(record: DerivedRecord): void {
    recordDerived(this, record);
  }

  // Frames

  openFrame(options: NewFrame): Frame {
    return openFrame(this, options);
  }

  createFrame(options: NewFrame): Frame {
    return createFrame(this, options);
  }

  listenTo(frame: Frame): SchedulerListener {
    return listenTo(this, frame);
  }

  makeReady(frame: Frame, index: number): void {
    makeReady(this, frame, index);
  }

  replay(frame: Frame, events: readonly SettlingEvent[]): void {
    replay(this, frame, events);
  }

  settle(task: Task): void {
    settle(this, task);
  }

  checkFrame(frame: Frame): void {
    checkFrame(this, frame);
  }

  stopFrame(frame: Frame, stop: Stop): void {
    stopFrame(this, frame, stop);
  }

  abortCall(task: Task, error: HeddleError): void {
    abortCall(this, task, error);
  }

  giveUpAfterGrace(task: Task, error: HeddleError): void {
    giveUpAfterGrace(this, task, error);
  }

  drop(task: Task): void {
    drop(this, task);
  }

  stopSkipped(task: Task): void {
    stopSkipped(this, task);
  }

  // Executions

  begin(task: Task): void {
    begin(this, task);
  }

  asksOthers(task: Task): boolean {
    return this.memory.reuse?.asks(task) === true;
  }

  commitKnown(task: Task): boolean {
    const known = this.memory.presets?.outcomeOf(task);
    if (known === undefined) return false;
    commitKnown(this, task, known);
    return true;
  }

  waitForSlots(task: Task): void {
    waitForSlots(this, task);
  }

  launch(task: Task): void {
    launch(this, task);
  }

  call(task: Task): void {
    call(this, task);
  }

  callNode(task: Task): Outcome | Promise<Outcome> {
    return callNode(this, task);
  }

  createContext(task: Task): RunContext {
    return new RunContext(this, this, task);
  }

  awaitOutcome(task: Task, outcome: Promise<Outcome>): void {
    this.running += 1;
    armTimers(this, task);
    const number = task.call;
    void outcome.then((settled) => this.mailbox.post({ type: 'outcome', task, call: number, outcome: settled }));
  }

  conclude(task: Task, outcome: Outcome): void {
    conclude(this, task, outcome);
  }

  handleOutcome(task: Task, outcome: Outcome): void {
    handleOutcome(this, task, outcome);
  }

  handleLateOutcome(task: Task, outcome: Outcome): void {
    handleLateOutcome(this, task, outcome);
  }

  commitOutcome(task: Task, outcome: Outcome): void {
    commitOutcome(this, task, outcome);
  }

  retry(task: Task, error: HeddleError): boolean {
    if (!canRetry(task, error, this.status.stored === undefined)) return false;
    const dueAt = recordRetry(this, task, error);
    restartConsumers(this, task);
    forgetNestedFailures(task);
    waitForRetry(this, task, dueAt - this.clock.now());
    return true;
  }

  waitForRetry(task: Task, milliseconds: number): void {
    waitForRetry(this, task, milliseconds);
  }

  countRunning(amount: number): void {
    this.running += amount;
  }

  pause(task: Task): void {
    pause(this, task);
  }

  unpause(task: Task, go: () => void): void {
    unpause(this, task, go);
  }

  setWaiting(task: Task, slot: QueuePosition | undefined): void {
    setWaiting(this, task, slot);
  }

  // Streams

  handleDelta(task: Task, port: string, delta: string): void {
    handleDelta(this, task, port, delta);
  }

  releaseConsumers(frame: Frame, node: PlanNode): void {
    releaseConsumers(this, frame, node);
  }

  stopUnneededProducers(task: Task): void {
    stopUnneededProducers(this, task);
  }

  // Nested runs

  runNested(task: Task, request: NestedRequest): Promise<NestedResult> {
    return runNested(this, task, request);
  }

  openNested(task: Task, request: NestedRequest, prefix: string): void {
    openNested(this, task, request, prefix);
  }

  waitForNested(task: Task, key: string, prefix: string): Promise<NestedEnd> {
    return waitForNested(this, task, key, prefix);
  }

  rereadNested(prefix: string): Promise<void> {
    return rereadNested(this, prefix);
  }

  checkNestedLater(task: Task): void {
    checkNestedLater(this, task);
  }

  deliver(task: Task, key: string, end: NestedEnd): void {
    deliver(this, task, key, end);
  }

  stopNested(task: Task, outcome: Outcome): boolean {
    return stopNested(this, task, outcome);
  }

  endNested(frame: Frame): void {
    endNested(this, frame);
  }

  closeNested(frame: Frame): void {
    closeNested(this, frame);
  }

  // Suspension

  requestInput(task: Task, key: string, question: Question): Answer {
    return this.requests.open(task, key, question);
  }

  requestEnded(request: RequestEntry, value: unknown): void {
    this.breakpoints.noteAnswer(request.key, value);
    wakePath(this, request.path);
  }

  attemptAt(path: string): number {
    return attemptAt(this, path);
  }

  suspend(task: Task): void {
    // When the task resumes, it runs from its top, and so do the consumers of its stream. Until then, they must not hold anything up.
    restartConsumers(this, task);
    suspend(this, task);
  }

  rest(task: Task): void {
    rest(this, task);
  }

  wake(task: Task): void {
    wake(this, task);
  }

  mustPause(task: Task): boolean {
    return mustPause(this, task);
  }

  pausesAtBreakpoint(task: Task): boolean {
    return pausesAtBreakpoint(this, task);
  }

  staysSuspended(task: Task): boolean {
    return staysSuspended(this, task);
  }

  stillWaits(task: Task): boolean {
    return stillWaits(this, task);
  }

  staysRetrying(task: Task): boolean {
    return staysRetrying(this, task);
  }

  confirmsThatItRan(task: Task): boolean {
    return confirmsThatItRan(this, task);
  }

  requestForRun(...args: Parameters<RequestForRun>): ReturnType<RequestForRun> {
    return requestForRun(this, ...args);
  }
}
