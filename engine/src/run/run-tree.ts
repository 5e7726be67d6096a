import {
  HeddleError,
  joinLabels,
  declassifyLabel,
  toHeddleError,
  type Label,
  type Declassification,
  type Plan,
  type PlanNode,
  type RunEventOf,
} from '@heddle/core';
import type { Deadline } from '../timing/deadline-wheel.js';
import type { Committed } from './outbox.js';
import type { Outcome } from './outcome.js';
import { elementAt, executionPath } from '../paths.js';
import { emptyHistory, type RequestEntry, type History, type NestedEnd } from '../recovery/history.js';
import { Scheduler } from '../scheduler/scheduler.js';
import type { Outputs, SchedulerListener, Selection } from '../scheduler/scheduler-types.js';
import type { Stop } from './stop.js';
import type { StreamBuffer } from '../streams/streams.js';
import { CallClock } from '../tasks/call-clock.js';
import {
  firstStep,
  transition,
  type Step,
  type TaskEffects,
  type TaskEvent,
  type TaskState,
} from '../tasks/task-state.js';

// A run in memory is a tree: a frame holds the tasks of one plan, and a task may have nested frames. The two classes refer to each other,
// so they share a file. They hold data; the modules around them work on it.

/** The execution that started a nested run, and the key of the run there. */
interface Parent {
  readonly task: Task;
  readonly key: string;
}

/** The options of a frame. The functions connect it with its run. */
export interface FrameOptions {
  readonly plan: Plan;
  /** The prefix of its execution paths; empty for the run itself. */
  readonly prefix: string;
  readonly depth: number;
  readonly inputs: Outputs;
  readonly parent: Parent | undefined;
  listener(frame: Frame): SchedulerListener;
  selection?: ((frame: Frame) => Selection | undefined) | undefined;
  /** Called when the result of one of its executions is committed. */
  readonly onSettled: (task: Task) => void;
}

/** One run of one plan: the run itself, or a nested run under a longer path. */
export class Frame {
  readonly plan: Plan;
  readonly prefix: string;
  readonly depth: number;
  readonly inputs: Outputs;
  readonly parent: Parent | undefined;
  readonly onSettled: (task: Task) => void;
  readonly scheduler: Scheduler;
  readonly tasks: (Task | undefined)[];
  /** Executions that continue by themselves. */
  active = 0;
  suspended = 0;
  /** Calls that have not returned. */
  calls = 0;
  /** Results being committed. */
  committing = 0;
  /** Open nested runs of its executions. */
  children = 0;
  stop: Stop | undefined;
  isFinished = false;
  private readonly buffers = new Map<number, StreamBuffer>();

  constructor(options: FrameOptions) {
    this.plan = options.plan;
    this.prefix = options.prefix;
    this.depth = options.depth;
    this.inputs = options.inputs;
    this.parent = options.parent;
    this.onSettled = options.onSettled;
    this.tasks = new Array<Task | undefined>(options.plan.nodes.length).fill(undefined);
    this.scheduler = new Scheduler(options.plan, options.listener(this), options.selection?.(this));
  }

  nodeAt(index: number): PlanNode {
    return elementAt(this.plan.nodes, index);
  }

  pathOf(node: PlanNode): string {
    return executionPath(this.prefix, node, this.scheduler.iterations);
  }

  get isSuspended(): boolean {
    return this.active === 0 && this.suspended > 0 && this.stop === undefined && !this.isFinished;
  }

  bufferOf(node: number, output: number): StreamBuffer | undefined {
    return this.buffers.size === 0 ? undefined : this.buffers.get(node * 1024 + output);
  }

  setBuffer(node: number, output: number, buffer: StreamBuffer | undefined): void {
    if (buffer === undefined) this.buffers.delete(node * 1024 + output);
    else this.buffers.set(node * 1024 + output, buffer);
  }

  get openBuffers(): number {
    return this.buffers.size;
  }
}

/** What a suspended execution waits for. */
export interface Waits {
  readonly requests: RequestEntry[];
  /** Epoch milliseconds. */
  sleepUntil: number | undefined;
  isNested: boolean;
}

/** The model usage of an execution, over all its calls of models. */
export type NodeUsage = NonNullable<RunEventOf<'node-end'>['usage']>;

/** A nested run that an execution waits for. */
interface PendingNested {
  readonly prefix: string;
  resolve(end: NestedEnd): void;
  reject(error: Error): void;
}

/** A position in the queue of a limit, in the engine or elsewhere, such as in a model host. */
export interface QueuePosition {
  readonly limit: string;
  readonly position: number;
}

/** One execution of a node, over all its attempts. Parts that only some nodes use are created at first use. */
export class Task implements Committed {
  readonly frame: Frame;
  readonly node: PlanNode;
  readonly path: string;
  private step: Step = firstStep;
  private attemptNumber = 0;
  private failureCount = 0;
  /** Each call of the function has a number, which distinguishes it from calls that were given up. */
  private callNumber = 0;
  private ownLabel: Label;
  private startTime = 0;
  private aliveTime = 0;
  private retryTime = 0;
  private ownClock: CallClock | undefined;
  private ownOutcome: Outcome | undefined;
  private ownVerdict: HeddleError | undefined;
  private ownStub: Outputs | undefined;
  private hasNoReaders = false;
  private abortReason: HeddleError | undefined;
  private controller: AbortController | undefined;
  private ownHistory: History | undefined;
  private ownTexts: Map<string, string> | undefined;
  private ownUsage: NodeUsage | undefined;
  /** Declassifications that this call recorded, by output. */
  private declassifications: Map<string, Declassification> | undefined;
  private ownWaits: Waits | undefined;
  private pendingNested: Map<string, PendingNested> | undefined;
  private outcomeAfterNested: Outcome | undefined;
  private hasStaleNested = false;
  private keys: Set<string> | undefined;
  private sleepCalls = 0;
  private hasSlots = false;
  private ownQueuePosition: QueuePosition | undefined;
  private leaveQueue: (() => void) | undefined;
  private ownTimers: Deadline[] | undefined;
  private gate: (() => void)[] | undefined;
  private context: { checkDestinations(): void } | undefined;

  constructor(frame: Frame, node: PlanNode, path: string, label: Label) {
    this.frame = frame;
    this.node = node;
    this.path = path;
    this.ownLabel = label;
  }

  // State and attempts

  get state(): TaskState {
    return this.step.state;
  }

  /** Whether a call of the function has not returned. */
  get hasCall(): boolean {
    return this.step.hasCall;
  }

  /** Applies an event. Returns what the runner must do now; undefined if the state does not allow the event. Only the runner calls this. */
  apply(event: TaskEvent): TaskEffects | undefined {
    const next = transition(this.step.state, event);
    if (next === undefined) return undefined;
    this.step = next;
    return next.effects;
  }

  /** The running attempt, or the last one; 0 before the first. */
  get attempt(): number {
    return this.attemptNumber;
  }

  /** Failed attempts so far. */
  get failures(): number {
    return this.failureCount;
  }

  get call(): number {
    return this.callNumber;
  }

  /** When the attempt started, in epoch milliseconds. */
  get startedAt(): number {
    return this.startTime;
  }

  /** Its last sign of life, in epoch milliseconds. */
  get aliveAt(): number {
    return this.aliveTime;
  }

  /** When the next attempt is expected, in epoch milliseconds. */
  get retryAt(): number {
    return this.retryTime;
  }

  noteStart(now: number): void {
    this.startTime = now;
  }

  noteAlive(now: number): void {
    this.aliveTime = now;
  }

  noteFailure(): void {
    this.failureCount += 1;
  }

  expectRetry(time: number): void {
    this.retryTime = time;
  }

  /** Begins an attempt and clears what belonged to the last call. */
  begin(now: number): void {
    this.attemptNumber += 1;
    this.callNumber += 1;
    this.startTime = now;
    this.aliveTime = now;
    if (this.callNumber === 1) return;
    this.ownClock = undefined;
    this.ownOutcome = undefined;
    this.ownVerdict = undefined;
    this.ownStub = undefined;
    this.hasNoReaders = false;
    this.abortReason = undefined;
    this.controller = undefined;
    this.ownTexts = undefined;
    this.ownUsage = undefined;
    this.declassifications = undefined;
    this.ownWaits = undefined;
    this.pendingNested = undefined;
    this.outcomeAfterNested = undefined;
    this.keys = undefined;
    this.sleepCalls = 0;
    this.gate = undefined;
  }

  /** The clock of its call, created at first use. */
  get clock(): CallClock {
    this.ownClock ??= new CallClock();
    return this.ownClock;
  }

  /** The clock of its call, if it was created. */
  get knownClock(): CallClock | undefined {
    return this.ownClock;
  }

  // Outcome

  get outcome(): Outcome | undefined {
    return this.ownOutcome;
  }

  /** Keeps the outcome of its function; undefined clears it. */
  keepOutcome(outcome: Outcome | undefined): void {
    this.ownOutcome = outcome;
  }

  /** An error that decides the outcome whatever the function returns: a timeout or a refusal. */
  get verdict(): HeddleError | undefined {
    return this.ownVerdict;
  }

  /** In a replay: outputs that count instead of those of the function. */
  get stub(): Outputs | undefined {
    return this.ownStub;
  }

  giveStub(outputs: Outputs): void {
    this.ownStub = outputs;
  }

  decide(verdict: HeddleError): void {
    this.ownVerdict = verdict;
  }

  /** Whether every consumer of its streams ended early. Then the text so far is its result. */
  get isStopped(): boolean {
    return this.hasNoReaders;
  }

  noteStopped(): void {
    this.hasNoReaders = true;
  }

  get abortError(): HeddleError | undefined {
    return this.abortReason;
  }

  abort(error: HeddleError): void {
    if (this.abortReason !== undefined) return;
    this.abortReason = error;
    this.controller?.abort(error);
    this.openGate();
  }

  /** Created at first use. */
  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.abortReason !== undefined) this.controller.abort(this.abortReason);
    }
    return this.controller.signal;
  }

  /** Waits until the producers of its streams may have committed. */
  waitAtGate(): Promise<void> {
    return new Promise((resolve) => {
      this.gate ??= [];
      this.gate.push(resolve);
    });
  }

  openGate(): void {
    const waiting = this.gate;
    this.gate = undefined;
    if (waiting !== undefined) for (const open of waiting) open();
  }

  /** Settles the edges, because the result is in the journal. */
  onCommitted(): void {
    this.frame.onSettled(this);
  }

  // Labels

  get label(): Label {
    return this.ownLabel;
  }

  /** Sets the label before any input is joined. */
  resetLabel(label: Label): void {
    this.ownLabel = label;
  }

  raise(label: Label): void {
    this.ownLabel = joinLabels(this.ownLabel, label);
  }

  declassify(declassification: Declassification): void {
    this.declassifications ??= new Map();
    this.declassifications.set(declassification.port, declassification);
  }

  /** The present label of an output: the label of the execution, or what a recorded declassification made of it. */
  labelOf(port: string): Label {
    const declassification = this.declassifications?.get(port);
    const label = declassification === undefined ? this.ownLabel : declassifyLabel(this.ownLabel, declassification);
    return this.node.label === undefined ? label : joinLabels(label, this.node.label);
  }

  /** Joins the label of a delta that was read, and checks every destination in use again. */
  read(label: Label): void {
    const before = this.ownLabel;
    this.raise(label);
    if (this.ownLabel === before) return;
    try {
      this.context?.checkDestinations();
    } catch (error) {
      const verdict = toHeddleError(error);
      this.ownVerdict = verdict;
      this.abort(verdict);
      throw error;
    }
  }

  /** Sets the context of its call, which checks the destinations in use. */
  useContext(context: { checkDestinations(): void }): void {
    this.context = context;
  }

  // What the call made and used

  /** The text that each output has yielded in this call. */
  get texts(): ReadonlyMap<string, string> | undefined {
    return this.ownTexts;
  }

  setText(port: string, text: string): void {
    this.ownTexts ??= new Map();
    this.ownTexts.set(port, text);
  }

  get usage(): NodeUsage | undefined {
    return this.ownUsage;
  }

  setUsage(usage: NodeUsage): void {
    this.ownUsage = usage;
  }

  /** Errors: `duplicate_key` if the call has already used the key. */
  useKey(key: string): void {
    this.keys ??= new Set();
    if (this.keys.has(key))
      throw new HeddleError(
        'duplicate_key',
        `'${this.path}' used the key '${key}' twice: give each step, ask and nested run of an execution its own key.`,
      );
    this.keys.add(key);
  }

  /** The number of this call of `sleep`, from 0. */
  countSleep(): number {
    this.sleepCalls += 1;
    return this.sleepCalls - 1;
  }

  // History and waits

  /** What the execution did before; undefined if it did nothing. */
  get history(): History | undefined {
    return this.ownHistory;
  }

  /** Like `history`, but created at first use. */
  get remembers(): History {
    this.ownHistory ??= emptyHistory();
    return this.ownHistory;
  }

  /** Takes over what an earlier process recorded about the execution. */
  adopt(history: History): void {
    this.ownHistory = history;
    this.attemptNumber = history.attempt;
    this.failureCount = history.failures;
  }

  get waits(): Waits | undefined {
    return this.ownWaits;
  }

  /** What it waits for; created at first use. */
  get waitsFor(): Waits {
    this.ownWaits ??= { requests: [], sleepUntil: undefined, isNested: false };
    return this.ownWaits;
  }

  forgetWaits(): void {
    this.ownWaits = undefined;
  }

  /** The nested runs that it waits for, by key. */
  get nested(): ReadonlyMap<string, PendingNested> | undefined {
    return this.pendingNested;
  }

  addNested(key: string, pending: PendingNested): void {
    this.pendingNested ??= new Map();
    this.pendingNested.set(key, pending);
  }

  takeNested(key: string): PendingNested | undefined {
    const pending = this.pendingNested?.get(key);
    this.pendingNested?.delete(key);
    return pending;
  }

  /** Stops waiting for nested runs. */
  forgetNested(): void {
    this.pendingNested = undefined;
  }

  /** The outcome of the function while its nested runs are being stopped. */
  get afterNested(): Outcome | undefined {
    return this.outcomeAfterNested;
  }

  keepAfterNested(outcome: Outcome | undefined): void {
    this.outcomeAfterNested = outcome;
  }

  /** Whether failed nested runs must run again. Their successful results are read from the journal. */
  get isNestedStale(): boolean {
    return this.hasStaleNested;
  }

  noteNestedStale(): void {
    this.hasStaleNested = true;
  }

  // Slots and timers

  get holdsSlots(): boolean {
    return this.hasSlots;
  }

  takeSlots(): void {
    this.hasSlots = true;
  }

  /** Gives up its slots. If it returns true, the caller returns them to the limits. */
  letSlotsGo(): boolean {
    if (!this.hasSlots) return false;
    this.hasSlots = false;
    return true;
  }

  /** Its position in the queue for a slot, if known. */
  get queuePosition(): QueuePosition | undefined {
    return this.ownQueuePosition;
  }

  noteQueuePosition(queuePosition: QueuePosition | undefined): void {
    this.ownQueuePosition = queuePosition;
  }

  /** Keeps the function that leaves its queue; undefined if it is in none. */
  keepLeave(leave: (() => void) | undefined): void {
    this.leaveQueue = leave;
  }

  giveUpPosition(): void {
    this.leaveQueue?.();
  }

  get timers(): readonly Deadline[] {
    return this.ownTimers ?? [];
  }

  addTimer(timer: Deadline): void {
    this.ownTimers ??= [];
    this.ownTimers.push(timer);
  }

  /** Removes timers whose time has come. */
  sweepTimers(hasCome: (time: number) => boolean): void {
    this.ownTimers = this.ownTimers?.filter(({ time }) => !hasCome(time));
  }

  cancelTimers(): void {
    if (this.ownTimers === undefined) return;
    for (const timer of this.ownTimers) timer.cancel();
    this.ownTimers = undefined;
  }
}
