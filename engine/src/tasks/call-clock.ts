/**
 * The clock for the wall deadline of one call, in steady milliseconds. It stands still while the call waits for nested runs or for a slot
 * outside the engine.
 */
export class CallClock {
  begunAt = 0;
  /** The number of open reasons to wait: nested runs that have not ended, and slots that the call needs to go on. */
  pauses = 0;
  /** Whether the call waits for a slot outside the engine, such as in a model host. */
  isWaiting = false;
  private pausedAt: number | undefined;
  private pausedBefore = 0;

  get isStopped(): boolean {
    return this.pausedAt !== undefined;
  }

  /** How long the clock stood still, in milliseconds. Only finished pauses count. */
  get pausedMs(): number {
    return this.pausedBefore;
  }

  stop(now: number): void {
    this.pausedAt ??= now;
  }

  /** Starts the clock again, unless there is another reason to wait. Returns true if it started. */
  start(now: number): boolean {
    if (this.pausedAt === undefined || this.isWaiting || this.pauses > 0) return false;
    this.pausedBefore += now - this.pausedAt;
    this.pausedAt = undefined;
    return true;
  }

  /** How long the call has run, in milliseconds, without its pauses. */
  elapsed(now: number): number {
    const paused = this.pausedBefore + (this.pausedAt === undefined ? 0 : now - this.pausedAt);
    return now - this.begunAt - paused;
  }
}
