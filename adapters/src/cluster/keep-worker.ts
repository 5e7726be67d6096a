import {
  steadySource,
  workerTimes,
  type Clock,
  type LivingState,
  type NewWorker,
  type Workers,
  type WorkerTimes,
} from '@heddle/core';

interface KeepWorkerOptions {
  readonly workers: Workers;
  readonly clock: Clock;
  readonly times?: WorkerTimes;
  /** What the worker can do now; each renewal sends it. Default: the capabilities that it registered with. */
  readonly capabilities?: (() => readonly string[]) | undefined;
  /** Called when an operator drains the worker, or lets it take runs again. */
  readonly onState?: ((state: LivingState) => void) | undefined;
  /** Called once, when the worker must stop: its runs must end and may write nothing more. */
  readonly onLost: (reason: 'silent' | 'retired') => void;
}

export interface KeptWorker {
  /** Whether the worker may start an effect now. It becomes false before other processes may count the worker as dead. */
  isAlive(): boolean;
  /** Stops renewing. The row stays until the worker counts as dead, or until `Workers.leave`. */
  stop(): void;
}

/**
 * Registers a worker and renews its row. A worker counts itself as lost if it could not renew its row for `fenceMs` by its own steady
 * clock, which is before other processes count it as dead by the clock of the database. The time counts from the sending of the last
 * successful renewal.
 *
 * @example const kept = await keepWorker(worker, { workers, clock, onLost: () => abortRuns() });
 */
export async function keepWorker(worker: NewWorker, options: KeepWorkerOptions): Promise<KeptWorker> {
  const keeper = new Keeper(worker.boot, options);
  await keeper.register(worker);
  return keeper;
}

class Keeper implements KeptWorker {
  private readonly boot: string;
  private readonly options: KeepWorkerOptions;
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private readonly times: WorkerTimes;
  private renewedAt = 0;
  private state: LivingState = 'ready';
  private isLost = false;
  private stopRenewal: (() => void) | undefined;
  private stopFence: (() => void) | undefined;

  constructor(boot: string, options: KeepWorkerOptions) {
    this.boot = boot;
    this.options = options;
    this.time = steadySource(options.clock);
    this.times = options.times ?? workerTimes;
  }

  async register(worker: NewWorker): Promise<void> {
    const sentAt = this.time.now();
    if (worker.isDraining === true) this.state = 'draining';
    await this.options.workers.register(worker);
    this.noteRenewal(sentAt);
    this.renewLater();
  }

  isAlive(): boolean {
    return !this.isLost && this.time.now() - this.renewedAt < this.times.fenceMs;
  }

  stop(): void {
    this.isLost = true;
    this.stopRenewal?.();
    this.stopFence?.();
  }

  private noteRenewal(sentAt: number): void {
    this.renewedAt = sentAt;
    this.stopFence?.();
    this.stopFence = this.time.at(sentAt + this.times.fenceMs, () => this.lose('silent'));
  }

  private renewLater(): void {
    this.stopRenewal = this.time.at(this.time.now() + this.times.renewMs, () => void this.renew());
  }

  private async renew(): Promise<void> {
    const sentAt = this.time.now();
    try {
      const state = await this.options.workers.renew(this.boot, this.options.capabilities?.());
      if (this.isLost) return;
      // A process that was stopped for a long time notices it here: its own clock decides, whatever the reply is.
      if (state === undefined) this.lose('retired');
      else if (this.time.now() - this.renewedAt >= this.times.fenceMs) this.lose('silent');
      if (this.isLost) return;
      this.noteRenewal(sentAt);
      if (state !== undefined) this.noteState(state);
    } catch {
      // Without a reply, the worker continues until its fence time is over.
      if (this.isLost) return;
    }
    this.renewLater();
  }

  private noteState(state: LivingState): void {
    if (state === this.state) return;
    this.state = state;
    this.options.onState?.(state);
  }

  private lose(reason: 'silent' | 'retired'): void {
    if (this.isLost) return;
    this.stop();
    this.options.onLost(reason);
  }
}
