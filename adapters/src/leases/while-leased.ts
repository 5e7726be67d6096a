import { steadySource, type Clock, type GuardedWrite, type Lease, type Leases } from '@heddle/core';
import { fenceOf } from './fence.js';
import { runRounds, type RoundsOptions, type LeasedRounds } from './run-rounds.js';

/** What a part gets when it may work. */
export interface Held {
  /** The first writes of each commit that would do harm if another process already worked. Empty if this process is alone. */
  readonly fence: readonly GuardedWrite[];
}

/** A part of the server that only one process at a time runs, for example the sender of webhooks. */
export interface LeasedPart {
  start(held: Held): void;
  /** Looks for work from other processes. A process that is alone knows all of its work. */
  check?(): void;
  /** Stops beginning new work and resolves when nothing is in progress. The part may be started again. */
  stop(): Promise<void>;
}

interface HoldOptions extends Pick<RoundsOptions, 'holder' | 'everyMs' | 'onFault'> {
  readonly leases: Leases;
  readonly clock: Clock;
  /** The least milliseconds between two calls of `check`. Default: one in each round. */
  readonly checkMs?: number | undefined;
}

/** For a process that is alone: it needs no fence. */
export const alone: Held = { fence: [] };

/**
 * Runs a part while this process holds the lease of this name, so that only one of the processes with the same database runs it. A process
 * that cannot renew the lease stops the part before the lease ends. A process that shuts down finishes the work of the part and then
 * releases the lease. If the process is alone with the database, the part starts at once, without a timer and without a row.
 *
 * @example const kept = whileLeased('webhooks', { leases, clock }, sender);
 */
export function whileLeased(name: string, options: HoldOptions, part: LeasedPart): LeasedRounds {
  if (!options.leases.isAlone) return new Holding(name, options, part);
  part.start(alone);
  return { isHolder: () => true, stop: () => part.stop() };
}

class Holding implements LeasedRounds {
  private readonly options: HoldOptions;
  private readonly part: LeasedPart;
  private readonly kept: LeasedRounds;
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private readonly everyMs: number;
  /** The token of the lease under which the part runs. */
  private token: number | undefined;
  private stopping: Promise<void> | undefined;
  private isEnding = false;
  private checkedAt = 0;
  private cancelEnd: (() => void) | undefined;

  constructor(name: string, options: HoldOptions, part: LeasedPart) {
    this.options = options;
    this.part = part;
    this.time = steadySource(options.clock);
    this.everyMs = options.everyMs ?? 1_000;
    this.kept = runRounds(name, { ...options, onLost: () => void this.rest() }, (lease, since) => {
      this.hold(lease, since);
      return Promise.resolve();
    });
  }

  isHolder(): boolean {
    return this.kept.isHolder();
  }

  /** Keeps renewing the lease until the part has stopped, so that no other process begins work that is still in progress here. */
  async stop(): Promise<void> {
    this.isEnding = true;
    await this.rest();
    await this.kept.stop();
  }

  private hold(lease: Lease, since: number): void {
    // The lease lasts five rounds from the time of its request, and the part needs time to stop.
    this.cancelEnd?.();
    this.cancelEnd = this.time.at(since + 4 * this.everyMs, () => void this.rest());
    if (this.isEnding || this.stopping !== undefined) return;
    // This is a later lease, and the part must not continue with the fence of the earlier one.
    if (this.token !== undefined && this.token !== lease.token) void this.rest();
    else if (this.token !== undefined) this.check();
    else {
      this.token = lease.token;
      this.checkedAt = this.time.now();
      this.part.start({ fence: [fenceOf(lease)] });
    }
  }

  private check(): void {
    const now = this.time.now();
    if (now - this.checkedAt < (this.options.checkMs ?? 0)) return;
    this.checkedAt = now;
    this.part.check?.();
  }

  private rest(): Promise<void> {
    this.cancelEnd?.();
    if (this.token === undefined) return this.stopping ?? Promise.resolve();
    this.token = undefined;
    this.stopping = this.part
      .stop()
      .catch((error: unknown) => this.options.onFault?.(error))
      .finally(() => (this.stopping = undefined));
    return this.stopping;
  }
}
