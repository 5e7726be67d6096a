import { steadySource, type Clock, type GuardedWrite, type Lease, type Leases } from '@heddle/core';
import { fenceOf } from './fence.js';
import { keepRounds, type KeepRoundsOptions, type KeptRounds } from './keep-rounds.js';

/** What a part receives with the right to work. */
export interface Held {
  /** The first writes of a commit that would do harm where another process works already. None where this process is alone. */
  readonly fence: readonly GuardedWrite[];
}

/** A part of the server that works by itself in one process, such as what sends webhooks. */
export interface HeldPart {
  /** Begins to work. */
  start(held: Held): void;
  /** Looks for work that other processes made. A process that is alone knows of all its work. */
  check?(): void;
  /** Begins nothing more, and resolves when nothing is in progress. It may start again. */
  stop(): Promise<void>;
}

/** What holding needs. */
interface HoldOptions extends Pick<KeepRoundsOptions, 'holder' | 'everyMs' | 'onFault'> {
  readonly leases: Leases;
  readonly clock: Clock;
  /** The least milliseconds between two checks for work of other processes. Default: each round. */
  readonly checkMs?: number | undefined;
}

/** What a process that is alone has. */
export const alone: Held = { fence: [] };

/**
 * Runs a part while this process holds the lease of this name. Of the processes that share a database, one at a time does. A process that cannot renew
 * the lease stops the part before the lease ends. A process that shuts down finishes the work of the part, then releases the lease. Where one process
 * has the database alone, the part starts at once, without a timer and without a row.
 *
 * @example const kept = whileHeld('webhooks', { leases, clock }, sender);
 */
export function whileHeld(name: string, options: HoldOptions, part: HeldPart): KeptRounds {
  if (!options.leases.isAlone) return new Holding(name, options, part);
  part.start(alone);
  return { isHolder: () => true, stop: () => part.stop() };
}

class Holding implements KeptRounds {
  private readonly options: HoldOptions;
  private readonly part: HeldPart;
  private readonly kept: KeptRounds;
  private readonly time: Pick<Clock, 'now' | 'at'>;
  private readonly everyMs: number;
  /** The token of the lease with which the part works. */
  private token: number | undefined;
  private stopping: Promise<void> | undefined;
  private isEnding = false;
  private checkedAt = 0;
  private cancelEnd: (() => void) | undefined;

  constructor(name: string, options: HoldOptions, part: HeldPart) {
    this.options = options;
    this.part = part;
    this.time = steadySource(options.clock);
    this.everyMs = options.everyMs ?? 1_000;
    this.kept = keepRounds(name, { ...options, onLost: () => void this.rest() }, (lease, since) => {
      this.hold(lease, since);
      return Promise.resolve();
    });
  }

  isHolder(): boolean {
    return this.kept.isHolder();
  }

  /** Renews the lease until the part has stopped, so that another process does not begin work that still goes on here. */
  async stop(): Promise<void> {
    this.isEnding = true;
    await this.rest();
    await this.kept.stop();
  }

  private hold(lease: Lease, since: number): void {
    // The lease lasts five rounds from when it was asked for, and the part needs time to stop.
    this.cancelEnd?.();
    this.cancelEnd = this.time.at(since + 4 * this.everyMs, () => void this.rest());
    if (this.isEnding || this.stopping !== undefined) return;
    // It is a later lease: the part may not go on with the fence of the one before.
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
