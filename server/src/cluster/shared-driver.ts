import {
  steadySource,
  type Clock,
  type Dispatch,
  type ErrorValue,
  type Journal,
  type RunBus,
  type RunCommands,
} from '@heddle/core';
import type { AcceptedRun } from '@heddle/engine';
import type { Log } from '../common/log.js';
import type { CancelWish, Driver, RunAnswer } from '../runs/driver.js';
import type { RunQueue } from '../runs/run-queue.js';
import type { RunHandles } from '../runs/state/run-handles.js';
import type { RunRecords } from '../runs/state/run-records.js';
import type { RunWaiters } from '../runs/state/run-waiters.js';
import { sendCommand, type SendParts } from './send-command.js';
import type { RunningWorker } from './start-worker.js';
import { wakeRun } from './wake-run.js';

interface SharedDriverParts {
  /** The journal that emits appended records to watchers. */
  readonly journal: Journal;
  readonly records: Pick<RunRecords, 'append'>;
  readonly commands: RunCommands;
  readonly handles: RunHandles;
  readonly waiters: RunWaiters;
  readonly queue: Pick<RunQueue, 'stop' | 'noteRunning' | 'noteStored'>;
  /** Starts the worker of this process, once; undefined if it runs no worker. */
  readonly begin?: (() => Promise<RunningWorker>) | undefined;
  /** Sends hints to other processes. If undefined, workers find runs by polling. */
  readonly dispatch?: Dispatch | undefined;
  readonly bus?: RunBus | undefined;
  /** For each waiting run that no process can run, the reason. */
  readonly whyWaiting: (runIds: readonly string[]) => Promise<ReadonlyMap<string, ErrorValue>>;
  /** Removes a process without a worker from the registry. */
  readonly leave?: (() => Promise<void>) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often a run of another process is read again. */
const checkMs = 300;

/**
 * Reaches the runs of all processes on one database. What a person does to a run becomes a command, which the owner of the run carries out.
 * A new run begins in the worker of this process if that has a free slot, else in any other worker with one.
 */
export class SharedDriver implements Driver {
  readonly lost = { list: () => [] };
  readonly waiters: RunWaiters;
  /** Undefined until the worker of this process has started. */
  private worker: RunningWorker | undefined;
  private isReleased = false;

  constructor(private readonly parts: SharedDriverParts) {
    this.waiters = parts.waiters;
  }

  /** Starts the worker of this process, if it runs one. */
  async begin(): Promise<RunningWorker | undefined> {
    return (this.worker ??= await this.parts.begin?.());
  }

  owns(runId: string): boolean {
    return this.worker?.has(runId) ?? false;
  }

  mayBeElsewhere(): boolean {
    return true;
  }

  whyWaiting(runIds: readonly string[]): Promise<ReadonlyMap<string, ErrorValue>> {
    return this.parts.whyWaiting(runIds);
  }

  nextCheck(): Promise<void> {
    const time = steadySource(this.parts.clock);
    return new Promise((resolve) => time.at(time.now() + checkMs, resolve));
  }

  enqueue(runId: string, _group: string, given: AcceptedRun): void {
    this.hint(runId, given.acceptance.workerClass);
  }

  enqueueResume(runId: string): void {
    this.releasePaused(runId).catch((error: unknown) =>
      this.parts.log.warn({ runId, err: error }, 'the run could not go on'),
    );
  }

  async answer(runId: string, requestId: string, { value, by, reason }: RunAnswer): Promise<void> {
    await this.send(runId, { kind: 'answer', requestId, value, by, reason });
  }

  async cancel(runId: string, { by, reason, fault }: CancelWish): Promise<void> {
    await this.send(runId, { kind: 'cancel', by, reason: reason ?? fault?.message });
  }

  async wake(runId: string, path: string): Promise<boolean> {
    const { handles, journal, commands } = this.parts;
    const handle = handles.get(runId);
    if (handle === undefined) return wakeRun({ journal, commands, ...this.reach(runId) }, runId, path);
    handle.wake(path);
    return false;
  }

  async release(): Promise<void> {
    this.isReleased = true;
    this.parts.queue.stop();
    await this.worker?.drain();
    await this.parts.leave?.();
    this.waiters.wakeAll();
  }

  /** Begins a run in this process, if its worker has a free slot. Returns whether it did. */
  private async take(runId: string): Promise<boolean> {
    if (this.isReleased) return false;
    const worker = await this.begin();
    if (worker === undefined) return false;
    const isTaken = await worker.take(runId);
    this.parts.queue.noteRunning(worker.size);
    return isTaken;
  }

  /** A record releases a paused run; then any worker may claim it. */
  private async releasePaused(runId: string): Promise<void> {
    const { journal, records, clock } = this.parts;
    if ((await journal.summary(runId)).status === 'paused')
      await records.append(runId, [{ type: 'run-resume', time: clock.now(), reason: 'released' }]);
    this.hint(runId, (await journal.acceptance(runId)).workerClass);
  }

  private hint(runId: string, className = 'cpu'): void {
    const { dispatch, log } = this.parts;
    this.take(runId)
      .then(async (isTaken) => {
        if (isTaken) return;
        // The estimate counts until the database is asked again.
        this.parts.queue.noteStored((stored) => stored + 1);
        // If there is no queue, a worker with a free slot finds the run by polling.
        await dispatch?.send([{ runId, class: className, epoch: 0 }]);
      })
      .catch((error: unknown) => log.debug({ runId, err: error }, 'a hint was lost; the run is found without it'));
  }

  private async send(runId: string, command: Parameters<typeof sendCommand>[2]): Promise<void> {
    const { journal, commands, clock } = this.parts;
    await sendCommand({ journal, commands, clock, ...this.reach(runId) }, runId, command);
  }

  /** The fastest ways to a run: within this process, else by a hint or over the bus. */
  private reach(runId: string): Required<Pick<SendParts, 'dispatch' | 'bus'>> {
    const { dispatch, bus } = this.parts;
    return {
      dispatch: {
        send: async (hints) => {
          if (!(await this.take(runId))) await dispatch?.send(hints);
        },
      },
      bus: {
        tell: (boot) => {
          if (this.worker?.boot === boot) void this.worker.readCommands();
          else bus?.tell(boot);
        },
      },
    };
  }
}
