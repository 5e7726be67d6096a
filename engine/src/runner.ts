import {
  HeddleError,
  steadyFace,
  toErrorValue,
  type Plan,
  type RunAcceptance,
  type RunEventOf,
  type RunRecord,
} from '@heddle/core';
import { derivedKey, type AskEntry, type History, type PastRun, type SettlingEvent } from './recovery/history.js';
import { pause, setWaiting, unpause } from './deadlines.js';
import { wheelOf, type Deadline, type DeadlineWheel } from './deadline-wheel.js';
import { momentsOf, type RunMoments } from './moments.js';
import { noEarlierRuns } from './recovery/earlier-runs.js';
import { begin, conclude } from './execution.js';
import type { Frame, Stop } from './frame.js';
import { stopFrame } from './frame-flow.js';
import { beat } from './heartbeat.js';
import type { AcceptedRun, EngineHost, RunOutcome } from './host.js';
import { parkWithNested } from './nested.js';
import { onRefusal } from './journal-refusal.js';
import { Outbox, type BatchResult, type Committed } from './outbox.js';
import type { Presets } from './presets.js';
import { beginRun } from './run-begin.js';
import { finish, parkWhole } from './run-end.js';
import { hasOpenProducer, takeDelta } from './streams/stream-flow.js';
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
/** Nor does it take longer than this: some nodes are more work than others, and their records too. */
const longestTurnMs = 5;

/** One run in memory, with all its nested runs. */
export class Runner {
  readonly runId: string;
  readonly rootId: string;
  /** Due at moments: ends of waits and of questions. */
  readonly moments: RunMoments;
  /** Due after a span, also when the wall clock is set meanwhile: deadlines, retries, beats. */
  private readonly spans: DeadlineWheel;
  readonly outbox: Outbox;
  /** By prefix of their paths; `` is the run itself. */
  readonly frames = new Map<string, Frame>();
  readonly asks = new Map<string, AskEntry>();
  /** Questions whose end is being committed. */
  readonly deciding = new Set<string>();
  /** What a retry read back of failed nested runs. */
  readonly reread = { settled: new Map<string, SettlingEvent[]>(), histories: new Map<string, History>() };
  presets: Presets | undefined;
  /** Executions that must not run twice, and that an earlier run began (G4). */
  unclear = noEarlierRuns.unclear;
  /** Executions whose function is out and not waiting for nested runs. */
  running = 0;
  /** Executions that go on by themselves, in all frames. */
  active = 0;
  readonly plan: Plan;
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
  /** A stop that came before the run began. */
  pendingStop: Stop | undefined;
  /** Tries of the journal since it last took something. */
  journalTries = 0;
  /** Why the last of them failed. */
  journalError: HeddleError | undefined;
  lost: HeddleError | undefined;
  /** The run was taken up after a crash, and none of its nodes has begun since. */
  isRecovering = false;
  nextBeat: Deadline | undefined;
  private readonly breakpoints: ReadonlySet<string>;
  /** The last breakpoint was answered with a step: the run pauses before whatever starts next. */
  isStepping: boolean;
  /** Others on the event loop have their turn. */
  private isResting = false;
  private sliceEnd: number | undefined;
  /** Set while the disk does not have the acceptance yet. */
  stored: Promise<unknown> | undefined;

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
    this.isStepping = past?.isStepping ?? false;
    this.moments = momentsOf(host.clock, this.runId);
    this.spans = wheelOf(steadyFace(host.clock));
    this.outbox = new Outbox(
      host,
      this.runId,
      (result) => this.post({ type: 'committed', result }),
      (batch, error) => onRefusal(this, batch, error),
    );
    for (const [id, ask] of past?.asks ?? []) this.asks.set(id, ask);
    this.stored = run.stored;
    run.stored?.then(
      () => (this.stored = undefined),
      () => undefined, // what waits for it fails
    );
  }

  /** Runs until the run is terminal, parked, held or released. */
  async live(): Promise<RunOutcome> {
    this.post({ type: 'command', run: () => beginRun(this) });
    for (;;) {
      await new Promise<void>((resolve) => {
        this.wakeUp = resolve;
        if (this.inbox.length > 0 && !this.isResting) resolve();
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
    this.poke();
  }

  now(): number {
    return this.host.clock.now();
  }

  /** Time by which spans are measured; nothing to write down. */
  steadyNow(): number {
    return steadyFace(this.host.clock).now();
  }

  /** Calls back after a span. */
  afterSpan(milliseconds: number, callback: () => void): Deadline {
    return this.spans.add(this.steadyNow() + milliseconds, callback);
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
    if (!this.isStepping && this.breakpoints.size === 0) return false;
    return task.frame.prefix === '' && (this.isStepping || this.breakpoints.has(task.node.id));
  }

  /** Calls back at a time, for as long as the execution waits. */
  after(task: Task, time: number, callback: () => void): void {
    task.timers ??= [];
    task.timers.push(this.moments.add(time, () => this.post({ type: 'command', run: callback })));
  }

  /** Lets every function go on as far as it can, then looks whether all nested runs of an execution stand still (P3). */
  checkNestedLater(task: Task): void {
    this.later(() => this.post({ type: 'command', run: () => parkWithNested(this, task) }));
  }

  /** Stops the whole run. */
  stopAll(stop: Stop): void {
    const root = this.frames.get('');
    if (root === undefined) this.pendingStop ??= stop;
    else stopFrame(this, root, stop);
  }

  /** Everything that can be done now. */
  private turn(): void {
    this.outbox.isTurn = true;
    let budget = turnBudget;
    const end = this.endOfSlice();
    while (this.outcome === undefined) {
      if (this.steadyNow() > end) budget = 0;
      if (budget <= 0) {
        this.outbox.flush();
        this.rest();
        break;
      }
      if (this.inbox.length > 0) {
        this.takeMessages(end);
      } else if (this.readyHead < this.ready.length && this.running < (this.host.maxParallel ?? 256)) {
        this.beginReady();
        budget -= 1;
      } else if (this.outbox.isReady) {
        this.outbox.flush();
      } else if (!parkWhole(this)) {
        break;
      }
    }
    this.outbox.isTurn = false;
    this.outbox.emit();
    beat(this);
  }

  /**
   * Until when the run may go on before the event loop has its turn. Nodes that end at once wake the run again and again without one, so
   * all turns between two of the loop share this time.
   */
  private endOfSlice(): number {
    if (this.sliceEnd !== undefined) return this.sliceEnd;
    this.later(() => (this.sliceEnd = undefined));
    return (this.sliceEnd = this.steadyNow() + longestTurnMs);
  }

  /** Those that there is no time for stay in front of the ones that came meanwhile. */
  private takeMessages(end: number): void {
    const messages = this.inbox;
    this.inbox = [];
    for (const [index, message] of messages.entries()) {
      this.handle(message);
      if (this.steadyNow() <= end) continue;
      this.inbox = [...messages.slice(index + 1), ...this.inbox];
      return;
    }
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
        this.outbox.isWaiting = false;
        if ('seq' in message.result) {
          this.journalTries = 0;
          this.journalError = undefined;
          this.outbox.commit(message.result.batch, message.result.seq);
        } else onRefusal(this, message.result.batch, message.result.error);
        return;
      case 'command':
        message.run();
        return;
    }
  }

  poke(): void {
    if (!this.isResting) this.wakeUp?.();
  }

  /** Goes on in a later turn of the event loop. */
  private rest(): void {
    this.post({ type: 'command', run: () => undefined });
    this.isResting = true;
    this.later(() => {
      this.isResting = false;
      this.wakeUp?.();
    });
  }

  later(callback: () => void): void {
    if (this.host.later === undefined) setImmediate(callback);
    else this.host.later(callback);
  }
}
