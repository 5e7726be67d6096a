import type { Mailbox } from './mailbox.js';
import type { Message } from './message.js';
import type { Outbox } from './outbox.js';
import type { ReadyQueue } from './ready-queue.js';
import type { RunClock } from '../timing/run-clock.js';
import type { RunStatus } from './run-status.js';
import type { Task } from './run-tree.js';

/** How many quick nodes start before other work on the event loop goes first. */
const tickBudget = 1_000;
/** The longest time of a tick: some nodes and their records are more work than others. */
const longestTickMs = 5;

interface TickRun {
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  /** The number of running calls. */
  readonly running: number;
}

interface TickWork {
  handle(message: Message): void;
  begin(task: Task): void;
  /** Suspends the whole run if nothing in it continues by itself. Returns true if there is more to do. */
  suspendWhole(): boolean;
}

/** The ticks of one run. Each tick does all the work that is ready, within a budget that leaves time for others on the event loop. */
export class RunTicks {
  private readonly run: TickRun;
  private readonly work: TickWork;
  private readonly clock: RunClock;
  private readonly mailbox: Mailbox;
  private readonly outbox: Outbox;
  private readonly ready: ReadyQueue<Task>;
  private readonly maxParallel: number;
  private sliceEnd: number | undefined;

  /** `maxParallel`: how many calls may run at once. */
  constructor(run: TickRun, work: TickWork, ready: ReadyQueue<Task>, maxParallel: number) {
    this.run = run;
    this.work = work;
    this.clock = run.clock;
    this.mailbox = run.mailbox;
    this.outbox = run.outbox;
    this.ready = ready;
    this.maxParallel = maxParallel;
  }

  take(): void {
    this.outbox.isTick = true;
    let budget = tickBudget;
    const end = this.endOfSlice();
    const { status } = this.run;
    while (status.outcome === undefined) {
      if (budget <= 0 || this.clock.steadyNow() > end) {
        this.outbox.flush();
        this.mailbox.rest();
        break;
      }
      if (!this.mailbox.isEmpty) {
        this.takeMessages(end);
      } else if (!this.ready.isEmpty && this.run.running < this.maxParallel) {
        const task = this.ready.take();
        if (task !== undefined) this.work.begin(task);
        budget -= 1;
      } else if (this.outbox.isReady) {
        this.outbox.flush();
      } else if (!this.work.suspendWhole()) {
        break;
      }
    }
    this.outbox.isTick = false;
    this.outbox.emit();
  }

  /**
   * Until when the run may work before the event loop goes on, in steady milliseconds. Nodes that end at once wake the run again and again
   * without letting the event loop go on, so all ticks in one pass of the loop share this time.
   */
  private endOfSlice(): number {
    if (this.sliceEnd !== undefined) return this.sliceEnd;
    this.mailbox.later(() => (this.sliceEnd = undefined));
    return (this.sliceEnd = this.clock.steadyNow() + longestTickMs);
  }

  private takeMessages(end: number): void {
    const messages = this.mailbox.take();
    for (const [index, message] of messages.entries()) {
      this.work.handle(message);
      if (this.clock.steadyNow() <= end) continue;
      this.mailbox.putBack(messages.slice(index + 1));
      return;
    }
  }
}
