import { HeddleError, defaultLabel, errorPortName, fromErrorValue, publicLabel, toErrorValue, type LabelledValue, type Plan, type RunAcceptance, type RunEventOf, type RunRecord } from '@heddle/core';
import type { AskEntry, History, PastRun, SettlingEvent } from './history.js';
import { abortCall, pause, setWaiting, unpause } from './deadlines.js';
import { wheelOf, type DeadlineWheel } from './deadline-wheel.js';
import { begin, conclude, errorOutputs } from './execution.js';
import { Frame, type Parent, type Stop } from './frame.js';
import { derivedKey } from './history.js';
import type { AcceptedRun, EngineHost, RunOutcome } from './host.js';
import { finishNested, parkWithNested } from './nested.js';
import { Outbox, type Batch, type BatchResult, type Committed } from './outbox.js';
import { elementAt, nodeOfPath, prefixOf } from './paths.js';
import { createPresets, needsPresets, type Presets } from './presets.js';
import { checkRunInputs } from './run-inputs.js';
import { NodeState, type SchedulerListener } from './scheduler.js';
import { dropReadBuffers, hasOpenProducer, releaseConsumers, takeDelta, breakBuffers } from './stream-flow.js';
import { Task, type Outcome } from './task.js';

// E2 The runner awaits in one place: `live`. E3 A result is journaled before its edges settle. E6 It knows no node type.
// E8 On abort: signal, wait for all, then one last event. D5 Results settle in the order of their commits.

/** What the runner is told. */
export type Message =
  | { readonly type: 'outcome'; readonly task: Task; readonly call: number; readonly outcome: Outcome }
  | { readonly type: 'committed'; readonly result: BatchResult }
  | { readonly type: 'command'; readonly run: () => void };

/** Quick nodes that are started before others on the event loop get their turn. */
const turnBudget = 1_000;

/** One run in memory, with all its nested runs. */
export class Runner {
  readonly runId: string;
  readonly rootId: string;
  readonly wheel: DeadlineWheel;
  readonly outbox: Outbox;
  /** By prefix of their paths; `` is the run itself. */
  readonly frames = new Map<string, Frame>();
  readonly asks = new Map<string, AskEntry>();
  /** Questions whose end is being committed. */
  readonly deciding = new Set<string>();
  presets: Presets | undefined;
  /** Executions whose function is out and not waiting for nested runs. */
  running = 0;
  private active = 0;
  private readonly plan: Plan;
  private readonly acceptance: RunAcceptance;
  private inbox: Message[] = [];
  private ready: Task[] = [];
  private readyHead = 0;
  private wakeUp: (() => void) | undefined;
  private outcome: RunOutcome | undefined;
  private isEnding = false;
  /** A parked run that nothing has woken yet. */
  private isDormant = false;
  private hasLingered = false;
  private isBeating = false;
  private readonly breakpoints: ReadonlySet<string>;

  constructor(
    readonly host: EngineHost,
    run: AcceptedRun,
    readonly past: PastRun | undefined,
  ) {
    this.plan = run.plan;
    this.acceptance = run.acceptance;
    this.runId = run.acceptance.runId;
    this.rootId = run.acceptance.rootId;
    this.breakpoints = new Set(run.acceptance.options.breakpoints);
    this.wheel = wheelOf(host.clock);
    this.outbox = new Outbox(
      host,
      this.runId,
      (result) => this.post({ type: 'committed', result }),
      (batch, error) => this.onRefusal(batch, error),
    );
    for (const [id, ask] of past?.asks ?? []) this.asks.set(id, ask);
  }

  /** Runs until the run is terminal, parked, held or released. */
  async live(): Promise<RunOutcome> {
    this.post({ type: 'command', run: () => this.begin() });
    for (;;) {
      await new Promise<void>((resolve) => {
        this.wakeUp = resolve;
        if (this.inbox.length > 0) resolve();
      });
      this.wakeUp = undefined;
      this.turn();
      if (this.outcome !== undefined) {
        this.outbox.isClosed = true;
        return this.outcome;
      }
    }
  }

  post(message: Message): void {
    this.inbox.push(message);
    this.wakeUp?.();
  }

  now(): number {
    return this.host.clock.now();
  }

  /** Writes a record with the next batch. */
  record(record: RunRecord, after?: Committed, isPowerSafe = false): void {
    this.outbox.add(record, after, isPowerSafe);
    this.poke();
  }

  /** Writes a record and resolves when it is committed. */
  commit(record: RunRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.outbox.isClosed) reject(new HeddleError('aborted', `Run '${this.runId}' is not written any more.`));
      else this.record(record, { onCommitted: resolve });
    });
  }

  /** Writes a decision that follows from others, unless the journal has it from before. */
  recordDerived(record: RunRecord & { readonly path: string }): void {
    if (this.past?.derived.delete(derivedKey(record)) !== true) this.outbox.add(record);
  }

  /** The first thing that happens in a parked run says why it goes on. */
  noteResumed(reason: RunEventOf<'run-resume'>['reason']): void {
    if (!this.isDormant) return;
    this.isDormant = false;
    this.outbox.add({ type: 'run-resume', time: this.now(), reason });
  }

  countActive(frame: Frame, amount: number): void {
    frame.active += amount;
    this.active += amount;
  }

  onDelta(task: Task, port: string, delta: string): void {
    takeDelta(this, task, port, delta);
  }

  hasOpenProducer(task: Task): boolean {
    return hasOpenProducer(task);
  }

  pause(task: Task): void {
    pause(this, task);
  }

  unpause(task: Task, go: () => void): void {
    unpause(this, task, go);
  }

  setWaiting(task: Task, slot: { readonly limit: string; readonly position: number } | undefined): void {
    setWaiting(this, task, slot);
  }

  isBreakpoint(task: Task): boolean {
    return this.breakpoints.size > 0 && task.frame.prefix === '' && this.breakpoints.has(task.node.id);
  }

  /** Puts an execution among those that are ready. */
  requeue(task: Task): void {
    if (task.frame.stop !== undefined || task.state === 'over') return;
    task.state = 'queued';
    task.startsWhenGone = false;
    this.ready.push(task);
    this.poke();
  }

  /** Something came for a parked execution. */
  wake(task: Task): void {
    if (task.state !== 'parked') return;
    task.cancelTimers();
    task.frame.parked -= 1;
    this.countActive(task.frame, 1);
    if (task.history?.last === 'park') task.history.last = 'woken';
    this.requeue(task);
  }

  /** Wakes the execution of a path, or the one that must open its nested run again. */
  wakePath(path: string): void {
    const history = this.past?.histories.get(path);
    if (history?.last === 'park') history.last = 'woken';
    for (let at = path; ; ) {
      const task = this.frames.get(prefixOf(at))?.tasks.find((candidate) => candidate?.path === at);
      if (task !== undefined) {
        this.wake(task);
        return;
      }
      const end = at.lastIndexOf('#');
      if (end < 0) return;
      at = at.slice(0, end);
    }
  }

  /** The attempt that an execution is in, for records about it. */
  attemptAt(path: string): number {
    const task = this.frames.get(prefixOf(path))?.tasks.find((candidate) => candidate?.path === path);
    return Math.max(1, task?.attempt ?? this.past?.histories.get(path)?.attempt ?? 1);
  }

  /** Calls back at a time, for as long as the execution waits. */
  after(task: Task, time: number, callback: () => void): void {
    task.timers ??= [];
    task.timers.push(this.wheel.add(time, () => this.post({ type: 'command', run: callback })));
  }

  /** Lets every function go on as far as it can, then looks whether all nested runs of an execution stand still (P3). */
  checkNestedLater(task: Task): void {
    this.later(() => this.post({ type: 'command', run: () => parkWithNested(this, task) }));
  }

  remember(kind: 'settled', key: string, events: SettlingEvent[]): void;
  remember(kind: 'history', key: string, history: History): void;
  remember(kind: 'settled' | 'history', key: string, entry: SettlingEvent[] | History): void {
    if (Array.isArray(entry)) this.reread.settled.set(key, entry);
    else if (kind === 'history') this.reread.histories.set(key, entry);
  }
  private readonly reread = { settled: new Map<string, SettlingEvent[]>(), histories: new Map<string, History>() };

  /** Begins a run of a plan under a prefix; what the journal has of it is replayed first. */
  openFrame(plan: Plan, prefix: string, depth: number, inputs: Readonly<Record<string, LabelledValue>>, parent: Parent | undefined): Frame {
    const { presets } = this;
    const selection = presets === undefined ? undefined : (owner: Frame) => presets.selectionOf(owner);
    const frame = new Frame(plan, prefix, depth, inputs, parent, (owner) => this.listenerOf(owner), selection, (task) => this.settle(task));
    this.frames.set(prefix, frame);
    frame.scheduler.begin();
    const settled = this.reread.settled.get(prefix) ?? this.past?.settled.get(prefix);
    if (settled !== undefined) this.replay(frame, settled);
    this.checkFrame(frame);
    this.poke();
    return frame;
  }

  /** Stops a frame and everything in it; it ends when the last function has come back (E8). */
  stopFrame(frame: Frame, stop: Stop): void {
    if (frame.stop !== undefined || frame.isFinished) return;
    frame.stop = stop;
    const error = stop.type === 'failed' || stop.type === 'aborted' || stop.type === 'lost' ? stop.error : new HeddleError('run_cancelled', `Run '${this.runId}' was ${stop.type}.`);
    for (const task of frame.tasks) {
      if (task === undefined) continue;
      task.giveUpPlace?.();
      if (task.isLive) {
        abortCall(this, task, stop.type === 'failed' ? new HeddleError('aborted', `Another node of the run failed: ${error.message}`) : error);
        if (!task.node.hasStreamInput) continue;
      } else if (task.state !== 'committing') {
        this.drop(task);
      }
      breakBuffers(frame, task.node, error);
    }
    this.checkFrame(frame);
  }

  /** Lets an execution go without a result. */
  drop(task: Task): void {
    const { frame } = task;
    if (task.state === 'over') return;
    task.cancelTimers();
    if (task.state === 'parked') frame.parked -= 1;
    else if (task.state !== 'idle') this.countActive(frame, -1);
    this.forgetTask(task);
  }

  /** An execution settled: it leaves memory. */
  forget(task: Task): void {
    this.countActive(task.frame, -1);
    this.forgetTask(task);
  }

  private forgetTask(task: Task): void {
    task.state = 'over';
    const { tasks } = task.frame;
    if (tasks[task.node.index] === task) tasks[task.node.index] = undefined;
  }

  /** Ends a frame when nothing of it is left, and tells its execution when it stands still. */
  checkFrame(frame: Frame): void {
    if (frame.isFinished) return;
    const isSettled = frame.scheduler.remaining === 0 || frame.stop !== undefined;
    if (isSettled && frame.live === 0 && frame.committing === 0) {
      frame.isFinished = true;
      if (frame.parent === undefined) this.end(frame);
      else finishNested(this, frame);
    } else if (frame.parent !== undefined && frame.isParked) {
      this.checkNestedLater(frame.parent.task);
    }
  }

  /** Asks for cancel. */
  cancel(by: string | undefined, reason: string | undefined): void {
    if (this.isEnding) return;
    this.isDormant = false;
    this.record({ type: 'cancel-request', time: this.now(), ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) }, undefined, true);
    this.stopAll({ type: 'cancelled' });
  }

  /** Stops the whole run. */
  stopAll(stop: Stop): void {
    const root = this.frames.get('');
    if (root === undefined) this.pendingStop ??= stop;
    else this.stopFrame(root, stop);
  }
  private pendingStop: Stop | undefined;

  private begin(): void {
    const { acceptance, past } = this;
    if (past?.end !== undefined) {
      this.finish(past.end.status, { ...(past.end.outputs === undefined ? {} : { outputs: past.end.outputs }), ...(past.end.error === undefined ? {} : { error: past.end.error }) });
      return;
    }
    if (!needsPresets(acceptance)) {
      this.beginRoot([]);
      return;
    }
    if (acceptance.origin === undefined || acceptance.seeds.length === 0) {
      this.beginRoot([]);
      return;
    }
    this.host.journal.events(acceptance.origin).then(
      (events) => this.post({ type: 'command', run: () => this.beginRoot(events) }),
      (error: unknown) => this.post({ type: 'command', run: () => this.failAtOnce(error) }),
    );
  }

  private beginRoot(originEvents: Parameters<typeof createPresets>[2]): void {
    const { acceptance, past, plan } = this;
    const time = this.now();
    if (past === undefined || past.status === 'queued') this.outbox.add({ type: 'run-start', time });
    else if (past.status === 'parked') this.isDormant = true;
    else this.outbox.add({ type: 'run-resume', time, reason: past.status === 'held' ? 'released' : 'recovered' });
    try {
      if (needsPresets(acceptance)) this.presets = createPresets(plan, acceptance, originEvents);
      const isPartial = acceptance.options.only !== undefined || acceptance.options.from !== undefined;
      const inputs = checkRunInputs(plan.interface, acceptance.inputs, isPartial);
      const root = this.openFrame(plan, '', 0, inputs, undefined);
      const stop = this.pendingStop ?? (past?.isCancelRequested === true ? { type: 'cancelled' as const } : undefined);
      if (stop !== undefined) this.stopFrame(root, stop);
    } catch (error) {
      this.failAtOnce(error);
    }
  }

  private failAtOnce(error: unknown): void {
    this.writeEnd('failed', { error: toErrorValue(error) });
  }

  /** Everything that can be done now. */
  private turn(): void {
    this.outbox.isTurn = true;
    let budget = turnBudget;
    while (this.outcome === undefined) {
      if (this.inbox.length > 0) {
        const messages = this.inbox;
        this.inbox = [];
        for (const message of messages) this.handle(message);
      } else if (this.readyHead < this.ready.length && this.running < (this.host.maxParallel ?? 256)) {
        this.beginReady();
        budget -= 1;
        if (budget > 0) continue;
        this.outbox.flush();
        this.later(() => this.post({ type: 'command', run: () => undefined }));
        break;
      } else if (!this.outbox.isEmpty) {
        this.outbox.flush();
      } else if (!this.parkWhole()) {
        break;
      }
    }
    this.outbox.isTurn = false;
    this.outbox.emit();
    this.beat();
  }

  private beginReady(): void {
    const task = this.ready[this.readyHead];
    this.readyHead += 1;
    if (this.readyHead === this.ready.length) {
      this.ready = [];
      this.readyHead = 0;
    }
    if (task !== undefined) begin(this, task);
  }

  private handle(message: Message): void {
    switch (message.type) {
      case 'outcome': {
        const { task, call, outcome } = message;
        if (task.call !== call || !task.isLive) return;
        if (task.pauses === 0) this.running -= 1;
        conclude(this, task, outcome);
        return;
      }
      case 'committed':
        this.outbox.inFlight -= 1;
        if ('seq' in message.result) this.outbox.commit(message.result.batch, message.result.seq);
        else this.onRefusal(message.result.batch, message.result.error);
        return;
      case 'command':
        message.run();
        return;
    }
  }

  /** A journal that cannot be written is tried again while that may help, else the run stops where it is. */
  private onRefusal(batch: Batch, error: HeddleError): void {
    if (error.retryable && this.journalTries < 10) {
      this.journalTries += 1;
      this.outbox.inFlight += 1;
      const again = (): void => {
        this.outbox.inFlight -= 1;
        this.outbox.send(batch);
      };
      this.wheel.add(this.now() + Math.min(30_000, 250 * 2 ** this.journalTries), () => this.post({ type: 'command', run: again }));
      return;
    }
    this.outbox.isClosed = true;
    this.lost = error;
    for (const frame of this.frames.values()) {
      frame.committing = 0;
      for (const task of frame.tasks) if (task?.afterNested !== undefined) this.post({ type: 'outcome', task, call: task.call, outcome: task.afterNested });
    }
    const root = this.frames.get('');
    if (root === undefined || root.isFinished) this.finish('held', { error: toErrorValue(error) });
    else if (root.stop === undefined) this.stopFrame(root, { type: 'lost', error });
    else this.checkFrame(root);
  }
  private journalTries = 0;
  private lost: HeddleError | undefined;

  /** A result is committed: its edges settle (E3, D5). */
  private settle(task: Task): void {
    const { frame, node, outcome } = task;
    frame.committing -= 1;
    this.forget(task);
    if (frame.stop !== undefined || outcome === undefined) {
      this.checkFrame(frame);
      return;
    }
    if (outcome.type === 'failed') {
      const verdict = frame.scheduler.fail(node.index, errorOutputs(task, outcome.error));
      if (verdict === 'fatal') this.stopFrame(frame, { type: 'failed', error: outcome.error, path: task.path });
      breakBuffers(frame, node, outcome.error);
    } else if (outcome.type === 'done') {
      frame.scheduler.complete(node.index, outcome.outputs);
      if (frame.openBuffers > 0) releaseConsumers(this, frame, node);
    }
    if (node.hasStreamInput) dropReadBuffers(frame, node);
    this.checkFrame(frame);
  }

  private replay(frame: Frame, events: readonly SettlingEvent[]): void {
    for (const event of events) {
      const node = nodeOfPath(frame.plan, event.path);
      if (node === undefined || frame.scheduler.stateOf(node.index) >= NodeState.Done) continue;
      const task = frame.tasks[node.index];
      if (task !== undefined) this.forget(task);
      if (event.type !== 'node-error') {
        frame.scheduler.complete(node.index, event.outputs);
        continue;
      }
      const outputs = event.isCarried ? { [errorPortName]: { value: event.error, label: event.label ?? defaultLabel } } : undefined;
      if (frame.scheduler.fail(node.index, outputs) === 'fatal') this.stopFrame(frame, { type: 'failed', error: fromErrorValue(event.error), path: event.path });
    }
  }

  private listenerOf(frame: Frame): SchedulerListener {
    return {
      ready: (index) => this.makeReady(frame, index),
      skip: (index, reason, wasReady) => {
        if (frame.stop !== undefined) return;
        const node = frame.nodeAt(index);
        const task = frame.tasks[index];
        this.recordDerived({ type: 'node-skip', time: this.now(), path: frame.pathOf(node), attempt: Math.max(1, task?.attempt ?? 1), reason });
        if (!wasReady || task === undefined) return;
        const error = new HeddleError('aborted', `'${task.path}' was skipped: what it reads failed.`);
        if (task.isLive) abortCall(this, task, error);
        task.giveUpPlace?.();
        this.drop(task);
        breakBuffers(frame, node, error);
      },
      bypass: (index) => {
        const node = frame.nodeAt(index);
        this.recordDerived({ type: 'node-skip', time: this.now(), path: frame.pathOf(node), attempt: 1, reason: 'disabled' });
        return frame.bypass(node);
      },
      loopNext: (region, iteration) => {
        if (frame.stop !== undefined) return;
        const target = frame.nodeAt(elementAt(frame.plan.regions, region).target);
        const path = frame.pathOf(target).replace(/\d+$/, String(iteration));
        this.recordDerived({ type: 'loop-next', time: this.now(), path, attempt: 1, iteration });
      },
      loopLimit: (region) => {
        if (frame.stop !== undefined) return;
        const { source, max, atLimit } = elementAt(frame.plan.regions, region);
        const path = frame.pathOf(frame.nodeAt(source));
        this.recordDerived({ type: 'loop-limit', time: this.now(), path, attempt: 1, max, atLimit });
        if (atLimit === 'leave') return;
        const error = new HeddleError('loop-limit', `The loop that '${path}' closes reached its limit of ${max} iterations: raise "max", or let it leave at the limit.`, { details: { max } });
        this.stopFrame(frame, { type: 'failed', error, path });
      },
    };
  }

  private makeReady(frame: Frame, index: number): void {
    if (frame.stop !== undefined) return;
    let task = frame.tasks[index];
    if (task === undefined) {
      const node = frame.nodeAt(index);
      task = new Task(frame, node, frame.pathOf(node), publicLabel);
      frame.tasks[index] = task;
      const history = this.reread.histories.get(task.path) ?? this.past?.histories.get(task.path);
      if (history !== undefined) {
        task.history = history;
        task.attempt = history.attempt;
        task.failures = history.failures;
      }
    }
    task.state = 'queued';
    this.countActive(frame, 1);
    this.ready.push(task);
  }

  /** Nothing is ready, running or being committed, and something is parked: the run leaves memory (P3). */
  private parkWhole(): boolean {
    const root = this.frames.get('');
    if (root === undefined || this.active > 0 || root.parked === 0 || root.stop !== undefined || root.isFinished || this.isEnding) return false;
    if (this.outbox.inFlight > 0 || this.deciding.size > 0) return false;
    const until = this.nextDue();
    const asks = [...this.asks.values()].filter((ask) => ask.end === undefined).map((ask) => ask.askId);
    const how = { asks, ...(until === undefined ? {} : { until }) };
    if (this.isDormant && this.past?.status === 'parked' && !this.hasLingered) {
      // Whoever resumed the run has a turn of the event loop to answer it.
      this.hasLingered = true;
      this.later(() => this.post({ type: 'command', run: () => undefined }));
      return false;
    }
    if (this.isDormant) {
      this.finish('parked', how);
      return false;
    }
    this.isDormant = true;
    this.outbox.add({ type: 'run-park', time: this.now(), ...how });
    return true;
  }

  private nextDue(): number | undefined {
    let until: number | undefined;
    for (const frame of this.frames.values()) {
      for (const task of frame.tasks) {
        if (task?.state !== 'parked') continue;
        for (const timer of task.timers ?? []) until = until === undefined ? timer.time : Math.min(until, timer.time);
      }
    }
    return until;
  }

  private end(root: Frame): void {
    const { stop } = root;
    switch (stop?.type) {
      case undefined:
        this.writeEnd('done', { outputs: root.outputs() });
        return;
      case 'failed':
        this.writeEnd('failed', { error: toErrorValue(stop.error, 'node_failed', stop.path) });
        return;
      case 'cancelled':
      case 'aborted':
        this.writeEnd('cancelled', {});
        return;
      case 'held': {
        const { reason } = stop;
        this.isEnding = true;
        this.outbox.add({ type: 'run-held', time: this.now(), reason }, { onCommitted: () => this.finish('held', {}) }, true);
        return;
      }
      case 'released':
        this.finish('released', {});
        return;
      case 'lost':
        this.finish('held', { error: toErrorValue(stop.error) });
        return;
    }
  }

  private writeEnd(status: 'done' | 'failed' | 'cancelled', how: Pick<RunOutcome, 'outputs' | 'error'>): void {
    if (this.lost !== undefined) {
      this.finish('held', { error: toErrorValue(this.lost) });
      return;
    }
    this.isEnding = true;
    const { outputs, error } = how;
    this.outbox.add(
      { type: 'run-end', time: this.now(), status, ...(outputs === undefined ? {} : { outputs: { ...outputs } }), ...(error === undefined ? {} : { error }) },
      { onCommitted: () => this.finish(status, how) },
      true,
    );
    this.poke();
  }

  private finish(status: RunOutcome['status'], how: Omit<RunOutcome, 'runId' | 'status'>): void {
    this.outcome = { runId: this.runId, status, ...how };
    for (const frame of this.frames.values()) for (const task of frame.tasks) task?.cancelTimers();
    this.poke();
  }

  private poke(): void {
    this.wakeUp?.();
  }

  private later(callback: () => void): void {
    if (this.host.later === undefined) setImmediate(callback);
    else this.host.later(callback);
  }

  /** While functions are out, each gives a sign of life now and then. */
  private beat(): void {
    if (this.isBeating || this.running === 0 || this.outcome !== undefined) return;
    this.isBeating = true;
    this.wheel.add(this.now() + (this.host.beatMs ?? 5_000), () => {
      this.isBeating = false;
      if (this.outcome !== undefined) return;
      const time = this.now();
      for (const frame of this.frames.values()) {
        for (const task of frame.tasks) if (task?.isLive === true) this.outbox.live({ type: 'node-beat', runId: this.runId, time, path: task.path, attempt: task.attempt });
      }
      this.beat();
    });
  }
}
