import type { Mailbox } from './mailbox.js';
import type { Message } from './message.js';
import type { Outbox } from './outbox.js';
import type { ReadyQueue } from './ready-queue.js';
import type { RunClock } from '../timing/run-clock.js';
import type { RunStatus } from './run-status.js';
import type { Task } from './run-tree.js';

/** Quick nodes that are started before others on the event loop can work. */
const tickBudget = 1_000;
/** A tick takes no longer than this, because some nodes and their records are more work than others. */
const longestTickMs = 5;

/** What the ticks of a run need of it. */
interface TickRun {
  readonly clock: RunClock;
  readonly mailbox: Mailbox;
  readonly outbox: Outbox;
  readonly status: RunStatus;
  /** Calls that are out. */
  readonly running: number;
}

/** What happens in the ticks of a run. */
interface TickWork {
  handle(message: Message): void;
  begin(task: Task): void;
  /** Suspends the whole run where nothing goes on. True when there is more to do. */
  suspendWhole(): boolean;
}

/** The ticks of one run on the event loop: each does everything that can be done now, but leaves room for others. */
export class RunTicks {
  private readonly run: TickRun;
  private readonly work: TickWork;
  private readonly clock: RunClock;
  private readonly mailbox: Mailbox;
  private readonly outbox: Outbox;
  private readonly ready: ReadyQueue<Task>;
  private readonly maxParallel: number;
  private sliceEnd: number | undefined;

  /** `maxParallel`: calls that may be out at once. */
  constructor(run: TickRun, work: TickWork, ready: ReadyQueue<Task>, maxParallel: number) {
    this.run = run;
    this.work = work;
    this.clock = run.clock;
    this.mailbox = run.mailbox;
    this.outbox = run.outbox;
    this.ready = ready;
    this.maxParallel = maxParallel;
  }

  /** Everything that can be done now. */
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
   * Until when the run may go on before the event loop continues, in steady milliseconds. Nodes that end at once wake the run again
   * and again without one, so all ticks between two of the loop share this time.
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
