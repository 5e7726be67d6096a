/** The clock of one call for its wall deadline: it stands still while the call waits for nested runs or for a slot elsewhere. Steady milliseconds. */
export class CallClock {
  /** When the call began. */
  begunAt = 0;
  /** Waits for nested runs that have not ended, and for a slot to go on with. */
  pauses = 0;
  /** Whether the call waits for a slot elsewhere, such as in a model host. */
  isWaiting = false;
  private pausedAt: number | undefined;
  private pausedBefore = 0;

  get isStopped(): boolean {
    return this.pausedAt !== undefined;
  }

  /** Milliseconds that the clock stood still, finished pauses only. */
  get pausedMs(): number {
    return this.pausedBefore;
  }

  stop(now: number): void {
    this.pausedAt ??= now;
  }

  /** Goes on unless another reason to wait is left. True when it went on. */
  start(now: number): boolean {
    if (this.pausedAt === undefined || this.isWaiting || this.pauses > 0) return false;
    this.pausedBefore += now - this.pausedAt;
    this.pausedAt = undefined;
    return true;
  }

  /** Milliseconds that the call has run, without its pauses. */
  elapsed(now: number): number {
    const paused = this.pausedBefore + (this.pausedAt === undefined ? 0 : now - this.pausedAt);
    return now - this.begunAt - paused;
  }
}
