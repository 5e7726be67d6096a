import { toErrorValue } from '@heddle/core';
import type { AcceptedRun, EngineHost, RunOutcome } from './host.js';
import type { Message } from './run/message.js';
import { suspendWhole } from './suspension/suspend-whole.js';
import { ReadyQueue } from './run/ready-queue.js';
import type { PastRun } from './recovery/history.js';
import { beginRun } from './run/run-begin.js';
import type { Task } from './run/run-tree.js';
import { RunTicks } from './run/run-ticks.js';
import type { TaskEvent } from './tasks/task-state.js';
import { RunWiring } from './run/run-wiring.js';

// The runner awaits at one point: `live`. It knows no node type. Only the runner carries out the effects of transitions.

/** One run in memory, with all its nested runs. */
export class Runner extends RunWiring {
  /** The number of active executions in all frames. */
  private active = 0;
  private readonly ready = new ReadyQueue<Task>();
  private readonly ticks: RunTicks;

  constructor(host: EngineHost, accepted: AcceptedRun, past: PastRun | undefined) {
    super(host, accepted, past);
    this.ticks = new RunTicks(this, this, this.ready, host.maxParallel ?? 256);
  }

  /** Runs until the run is terminal, suspended, paused or released. */
  async live(): Promise<RunOutcome> {
    this.mailbox.command(() => beginRun(this));
    for (;;) {
      await new Promise<void>((resolve) => this.mailbox.listen(resolve));
      this.mailbox.listen(undefined);
      try {
        this.ticks.take();
        this.heartbeat.keep();
      } catch (error) {
        // After a defect of the engine or the host, the run pauses instead of hanging. Its state is in the journal.
        this.finish('paused', { error: toErrorValue(error, 'internal') });
      }
      const { outcome } = this.status;
      if (outcome !== undefined) {
        this.outbox.isClosed = true;
        return outcome;
      }
    }
  }

  /** Applies an event to an execution and carries out the effects. Returns false if the state does not allow the event. */
  override advance(task: Task, event: TaskEvent): boolean {
    const effects = task.apply(event);
    if (effects === undefined) return false;
    const { frame, node } = task;
    if (effects.cancelsTimers) {
      task.cancelTimers();
      if (effects.releasesSlots && task.letSlotsGo()) this.limits.release(node.limits);
    }
    if (effects.active !== 0) {
      this.active += effects.active;
      frame.active += effects.active;
    }
    if (effects.suspended !== 0) frame.suspended += effects.suspended;
    if (effects.calls !== 0) frame.calls += effects.calls;
    if (effects.commits !== 0) frame.committing += effects.commits;
    if (effects.enqueues) {
      this.ready.push(task);
      this.mailbox.poke();
    }
    if (effects.forgets && frame.tasks[node.index] === task) frame.tasks[node.index] = undefined;
    return true;
  }

  handle(message: Message): void {
    switch (message.type) {
      case 'outcome': {
        const { task, call: number, outcome } = message;
        if (task.call !== number || !task.hasCall) return;
        if ((task.knownClock?.pauses ?? 0) === 0) this.running -= 1;
        this.conclude(task, outcome);
        return;
      }
      case 'committed':
        this.outbox.isWaiting = false;
        if ('seq' in message.result) {
          this.status.noteJournalWorks();
          this.outbox.commit(message.result.batch, message.result.seq);
        } else this.onRefusal(message.result.batch, message.result.error);
        return;
      case 'command':
        message.run();
        return;
    }
  }

  suspendWhole(): boolean {
    return this.active === 0 && suspendWhole(this, this.frames, this.memory.past?.status === 'suspended');
  }
}
