import { HeddleError, toErrorValue, type Plan, type RunAcceptance, type RunEventOf, type RunRecord } from '@heddle/core';
import { derivedKey, type AskEntry, type History, type PastRun, type SettlingEvent } from './history.js';
import { pause, setWaiting, unpause } from './deadlines.js';
import { wheelOf, type DeadlineWheel } from './deadline-wheel.js';
import { begin, conclude } from './execution.js';
import type { Frame, Stop } from './frame.js';
import { checkFrame, openFrame, stopFrame } from './frame-flow.js';
import type { AcceptedRun, EngineHost, RunOutcome } from './host.js';
import { parkWithNested } from './nested.js';
import { Outbox, type Batch, type BatchResult, type Committed } from './outbox.js';
import { createPresets, needsPresets, type Presets } from './presets.js';
import { checkRunInputs } from './run-inputs.js';
import { finish, parkWhole, writeEnd } from './run-end.js';
import { hasOpenProducer, takeDelta } from './stream-flow.js';
import type { Outcome, Task } from './task.js';

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
  /** What a retry read back of failed nested runs. */
  readonly reread = { settled: new Map<string, SettlingEvent[]>(), histories: new Map<string, History>() };
  presets: Presets | undefined;
  /** Executions whose function is out and not waiting for nested runs. */
  running = 0;
  /** Executions that go on by themselves, in all frames. */
  active = 0;
  private readonly plan: Plan;
  readonly acceptance: RunAcceptance;
  private inbox: Message[] = [];
  ready: Task[] = [];
  private readyHead = 0;
  private wakeUp: (() => void) | undefined;
  outcome: RunOutcome | undefined;
  isEnding = false;
  /** A parked run that nothing has woken yet. */
  isDormant = false;
  hasLingered = false;
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
      try {
        this.turn();
      } catch (error) {
        // A defect of the engine or the host must not leave a run hanging: the journal has all that counts.
        finish(this, 'held', { error: toErrorValue(error, 'internal') });
      }
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

  /** Calls back at a time, for as long as the execution waits. */
  after(task: Task, time: number, callback: () => void): void {
    task.timers ??= [];
    task.timers.push(this.wheel.add(time, () => this.post({ type: 'command', run: callback })));
  }

  /** Lets every function go on as far as it can, then looks whether all nested runs of an execution stand still (P3). */
  checkNestedLater(task: Task): void {
    this.later(() => this.post({ type: 'command', run: () => parkWithNested(this, task) }));
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
    else stopFrame(this, root, stop);
  }
  private pendingStop: Stop | undefined;

  private begin(): void {
    const { acceptance, past } = this;
    if (past?.end !== undefined) {
      finish(this, past.end.status, { ...(past.end.outputs === undefined ? {} : { outputs: past.end.outputs }), ...(past.end.error === undefined ? {} : { error: past.end.error }) });
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
      const root = openFrame(this, plan, '', 0, inputs, undefined);
      const stop = this.pendingStop ?? (past?.isCancelRequested === true ? { type: 'cancelled' as const } : undefined);
      if (stop !== undefined) stopFrame(this, root, stop);
    } catch (error) {
      this.failAtOnce(error);
    }
  }

  private failAtOnce(error: unknown): void {
    writeEnd(this, 'failed', { error: toErrorValue(error) });
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
      } else if (!parkWhole(this)) {
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
        if ('seq' in message.result) {
          this.journalTries = 0;
          this.outbox.commit(message.result.batch, message.result.seq);
        } else this.onRefusal(message.result.batch, message.result.error);
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
    if (root === undefined || root.isFinished) finish(this, 'held', { error: toErrorValue(error) });
    else if (root.stop === undefined) stopFrame(this, root, { type: 'lost', error });
    else checkFrame(this, root);
  }
  private journalTries = 0;
  lost: HeddleError | undefined;

  poke(): void {
    this.wakeUp?.();
  }

  later(callback: () => void): void {
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
