/**
 * Runs work in the background until it is stopped. It can then be started again.
 *
 * @example const work = new BackgroundWork(); work.start(async (signal) => { while (!signal.aborted) await step(); });
 */
export class BackgroundWork {
  private stopped = new AbortController();
  private working: Promise<void> | undefined;

  /** The signal that `stop` aborts; each start makes a new one. */
  get signal(): AbortSignal {
    return this.stopped.signal;
  }

  get isStarted(): boolean {
    return this.working !== undefined;
  }

  /** Starts the work, unless it is running. */
  start(work: (signal: AbortSignal) => Promise<void>): void {
    if (this.working !== undefined) return;
    this.stopped = new AbortController();
    this.working = work(this.stopped.signal);
  }

  /** Aborts the signal at once, and resolves when the work has ended. */
  async stop(reason?: unknown): Promise<void> {
    this.stopped.abort(reason);
    await this.working;
    this.working = undefined;
  }
}
