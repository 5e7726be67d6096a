import {
  fromErrorValue,
  HeddleError,
  isStoreFault,
  isTerminal,
  toErrorValue,
  type Clock,
  type Journal,
} from '@heddle/core';
import { momentsOf, type AcceptedRun, type EngineHost, type RunHandle, type RunOutcome } from '@heddle/engine';
import type { Log } from '../common/log.js';
import type { Engine } from './engine.js';
import type { CancelWish, Driver, RunAnswer } from './driver.js';
import { LostRuns } from './state/lost-runs.js';
import type { RunHandles } from './state/run-handles.js';
import { groupOf, type RunQueue } from './run-queue.js';
import type { RunRecords } from './state/run-records.js';
import { RunWaiters } from './state/run-waiters.js';

interface DriverDependencies {
  readonly engine: Engine;
  readonly host: EngineHost;
  /** The runs in memory. Only the driver adds and removes them. */
  readonly handles: RunHandles;
  readonly journal: Journal;
  readonly queue: RunQueue;
  readonly records: RunRecords;
  readonly clock: Clock;
  readonly log: Log;
  /** Throws while nothing can be stored. */
  checkStorage(): void;
}

/** Keeps the runs in memory: starts them when they have a slot, wakes suspended ones, and releases all when the server stops. */
export class RunDriver implements Driver {
  /** Runs outside memory that are being resumed or ended. */
  private readonly moving = new Map<string, Promise<void>>();
  /** Requests to cancel runs that have no handle yet. */
  private readonly cancels = new Map<string, ((handle: RunHandle | undefined) => void)[]>();
  private readonly wakes = new Map<string, () => void>();
  /** For runs in the queue: the paths of executions to wake when the run is resumed. */
  private readonly tellings = new Map<string, Set<string>>();
  private readonly working = new Set<Promise<void>>();
  /** Runs that have a slot but no handle yet. */
  private readonly starting = new Set<string>();

  readonly waiters = new RunWaiters();

  readonly lost: LostRuns;

  constructor(private readonly dependencies: DriverDependencies) {
    this.lost = new LostRuns(
      dependencies.clock,
      dependencies.log,
      () => dependencies.checkStorage(),
      ({ runId, group }) => this.enqueueResume(runId, group),
    );
  }

  owns(runId: string): boolean {
    return this.dependencies.handles.has(runId) || this.starting.has(runId);
  }

  /** Always false: a run that is stored as running and is not in memory here waits to be recovered. */
  mayBeElsewhere(): boolean {
    return false;
  }

  whyWaiting(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  nextCheck(): undefined {
    return undefined;
  }

  /** Puts an accepted run in the queue. A run that must wait is read again when it starts, so ten thousand waiting runs need no memory. */
  enqueue(runId: string, group: string, given: AcceptedRun): void {
    const { stored } = given;
    const accepted = this.dependencies.queue.isFree ? given : undefined;
    this.add(runId, group, async () => {
      const run = accepted ?? { ...(await this.read(runId)), stored };
      return this.dependencies.engine.startRun(this.dependencies.host, run);
    });
  }

  /** Puts a run of an earlier process in the queue. Its record says that it was recovered. */
  enqueueRecovered(runId: string, group: string): void {
    this.add(runId, group, async () => {
      await this.dependencies.records.append(runId, [
        { type: 'run-queue', time: this.dependencies.clock.now(), position: 0 },
      ]);
      return this.resume(runId);
    });
  }

  /** Puts a run that began earlier in the queue. */
  enqueueResume(runId: string, group: string): void {
    this.add(runId, group, () => this.resume(runId), true);
  }

  private add(runId: string, group: string, begin: () => Promise<RunHandle>, hasBegun = false): void {
    this.dependencies.queue.add({ runId, group, hasBegun, begin: () => this.track(this.work(runId, begin)) });
  }

  /** Answers a human input request; a suspended run resumes at once. Resolves when the answer is committed. */
  async answer(runId: string, requestId: string, answer: RunAnswer): Promise<void> {
    for (;;) {
      // Checked again after each wait: if several answers reach a suspended run, the first resumes it and the others go to the same handle.
      const moving = this.moving.get(runId);
      if (moving !== undefined) {
        await moving;
        continue;
      }
      const handle = this.dependencies.handles.get(runId);
      if (handle === undefined) return this.reviveWith(runId, requestId, answer);
      try {
        await handle.answer(requestId, answer);
        return;
      } catch (error) {
        // The run left memory before the answer reached it, so it is resumed.
        if (!(error instanceof HeddleError) || error.code !== 'conflict') throw error;
        await this.gone(runId, handle);
      }
    }
  }

  /**
   * Cancels a run; `writeEnd` ends a run that is not in memory. A concurrent resume waits and then finds that the run has ended. Resolves
   * when the request is committed.
   */
  async cancel(
    runId: string,
    { by, reason, fault, writeEnd }: CancelWish & { readonly writeEnd: () => Promise<void> },
  ): Promise<void> {
    for (;;) {
      const handle =
        this.dependencies.handles.get(runId) ?? (this.starting.has(runId) ? await this.begun(runId) : undefined);
      const moving = this.moving.get(runId);
      if (handle !== undefined) {
        if (await handle.cancel(by, reason, fault)) return;
        await this.gone(runId, handle);
      } else if (moving === undefined) return this.endAtRest(runId, writeEnd);
      else await moving;
    }
  }

  /**
   * Notifies a sleeping execution of what it sleeps for. Returns false if the run cannot continue now or may not sleep yet: the caller must
   * notify it again later, because nothing is stored.
   */
  async wake(runId: string, path: string): Promise<boolean> {
    const { handles, journal, queue } = this.dependencies;
    const handle = handles.get(runId);
    if (handle !== undefined) {
      handle.wake(path);
      return false;
    }
    const paths = this.tellings.get(runId);
    if (paths !== undefined) {
      paths.add(path);
      return true;
    }
    const summary = await journal.summary(runId);
    const isElsewhere = this.owns(runId) || this.moving.has(runId) || this.tellings.has(runId);
    if (summary.status !== 'suspended' || isElsewhere) return false;
    this.tellings.set(runId, new Set([path]));
    this.sleepNoMore(runId);
    queue.remove(runId);
    this.enqueueResume(runId, groupOf(summary));
    return true;
  }

  /** Resumes a suspended run at a time. */
  wakeAt(runId: string, group: string, until: number): void {
    this.sleepNoMore(runId);
    const wake = momentsOf(this.dependencies.clock, runId).add(until, () => {
      this.wakes.delete(runId);
      this.enqueueResume(runId, group);
    });
    this.wakes.set(runId, () => wake.cancel());
  }

  /** Cancels the timer that resumes a run, or its wait for the store. */
  sleepNoMore(runId: string): void {
    this.lost.remove(runId);
    this.wakes.get(runId)?.();
    this.wakes.delete(runId);
  }

  /** Releases all runs. Executions that end within `graceMs` may still finish; other runs stay `running` without an owner. */
  async release(graceMs: number): Promise<void> {
    this.dependencies.queue.stop();
    this.lost.stop();
    for (const wake of this.wakes.values()) wake();
    this.wakes.clear();
    await Promise.race([
      Promise.allSettled([...this.working]),
      new Promise((resolve) => setTimeout(resolve, graceMs).unref()),
    ]);
    await Promise.allSettled(this.dependencies.handles.all.map((handle) => handle.release()));
    this.waiters.wakeAll();
  }

  private reviveWith(runId: string, requestId: string, answer: RunAnswer): Promise<void> {
    this.sleepNoMore(runId);
    this.dependencies.queue.remove(runId);
    this.dependencies.queue.enter();
    return new Promise((resolve, reject) => {
      const revived = this.resume(runId, (handle) => void handle.answer(requestId, answer).then(resolve, reject));
      revived.catch((error: unknown) => reject(error instanceof Error ? error : new Error(String(error))));
      this.move(runId, revived);
      this.track(this.work(runId, () => revived));
    });
  }

  private async endAtRest(runId: string, writeEnd: () => Promise<void>): Promise<void> {
    this.dependencies.queue.remove(runId);
    this.tellings.delete(runId);
    this.sleepNoMore(runId);
    const writing = writeEnd();
    this.move(runId, writing);
    await writing;
    this.waiters.wake(runId);
  }

  private move(runId: string, work: Promise<unknown>): void {
    const over = (): void => void this.moving.delete(runId);
    this.moving.set(runId, work.then(over, over));
  }

  /** Resolves when this handle is no longer in memory. */
  private async gone(runId: string, handle: RunHandle): Promise<void> {
    if (this.dependencies.handles.get(runId) === handle) await this.waiters.add(runId).left;
  }

  private track(work: Promise<void>): void {
    this.working.add(work);
    void work.finally(() => this.working.delete(work));
  }

  private async work(runId: string, begin: () => Promise<RunHandle>): Promise<void> {
    this.starting.add(runId);
    try {
      const handle = await begin();
      this.dependencies.handles.add(runId, handle);
      this.starting.delete(runId);
      this.resolveBegun(runId, handle);
      await this.settle(await handle.done);
    } catch (error) {
      await this.failToRun(runId, error);
    } finally {
      this.starting.delete(runId);
      this.resolveBegun(runId, undefined);
      this.dependencies.handles.remove(runId);
      this.dependencies.queue.leave();
      this.waiters.wake(runId);
    }
  }

  /** Waits for the handle of a run that is about to start; undefined if it cannot start. */
  private begun(runId: string): Promise<RunHandle | undefined> {
    return new Promise((resolve) => this.cancels.set(runId, [...(this.cancels.get(runId) ?? []), resolve]));
  }

  private resolveBegun(runId: string, handle: RunHandle | undefined): void {
    const waiting = this.cancels.get(runId) ?? [];
    this.cancels.delete(runId);
    for (const resolve of waiting) resolve(handle);
  }

  private async settle(outcome: RunOutcome): Promise<void> {
    if (outcome.status === 'paused' && outcome.error !== undefined) {
      await this.failToRun(outcome.runId, fromErrorValue(outcome.error));
      return;
    }
    if (outcome.status !== 'suspended' || outcome.until === undefined) return;
    // The run stays in memory until the timer is set, so no answer or cancellation can come in between.
    this.wakeAt(outcome.runId, await this.groupOfRun(outcome.runId), outcome.until);
  }

  /**
   * Fails a run that cannot start or resume, so that no caller waits for ever. After a fault of the store, the run waits for some time
   * instead. Other errors of the journal, such as a value that cannot be written, would occur again.
   */
  private async failToRun(runId: string, error: unknown): Promise<void> {
    this.tellings.delete(runId);
    if (isStoreFault(error) && this.lost.mayWait(runId)) {
      this.lost.add(runId, await this.groupOfRun(runId), error);
      return;
    }
    if (error instanceof HeddleError && (error.code === 'run_terminal' || error.code === 'shutting_down')) return;
    this.dependencies.log.error({ runId, err: error }, 'run could not go on');
    try {
      const summary = await this.dependencies.journal.summary(runId);
      if (isTerminal(summary.status)) return;
      await this.dependencies.records.append(runId, [
        {
          type: 'run-end',
          time: this.dependencies.clock.now(),
          status: 'failed',
          error: toErrorValue(error, 'internal'),
        },
      ]);
    } catch (second) {
      if (isStoreFault(second)) this.lost.add(runId, await this.groupOfRun(runId), second);
      else this.dependencies.log.error({ runId, err: second }, 'the end of the run could not be written');
    }
  }

  /** Gives the queue group of a run, even if the run cannot be read. */
  private async groupOfRun(runId: string): Promise<string> {
    try {
      return groupOf(await this.dependencies.journal.summary(runId));
    } catch {
      return runId; // for a resumed run, a group of its own is fair enough
    }
  }

  /** Calls `then` in the same tick in which the run is back, because a suspended run without work leaves memory again. */
  private async resume(runId: string, then?: (handle: RunHandle) => void): Promise<RunHandle> {
    const [accepted, events] = await Promise.all([this.read(runId), this.dependencies.journal.events(runId)]);
    // The run ended after it was to be resumed.
    if (events.at(-1)?.type === 'run-end')
      throw new HeddleError('run_terminal', `The run ${runId} has ended meanwhile.`);
    const handle = this.dependencies.engine.resumeRun(this.dependencies.host, accepted, events);
    for (const path of this.tellings.get(runId) ?? []) handle.wake(path);
    this.tellings.delete(runId);
    then?.(handle);
    return handle;
  }

  private async read(runId: string): Promise<AcceptedRun> {
    const [acceptance, bundle] = await Promise.all([
      this.dependencies.journal.acceptance(runId),
      this.dependencies.journal.bundle(runId),
    ]);
    return { acceptance, plan: await this.dependencies.host.compile(bundle) };
  }
}
