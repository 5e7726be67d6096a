/**
 * Work that goes on in the background until it is stopped. It can be started again after that.
 *
 * @example const work = new BackgroundWork(); work.start(async (signal) => { while (!signal.aborted) await step(); });
 */
export class BackgroundWork {
  private stopped = new AbortController();
  private working: Promise<void> | undefined;

  /** Aborted by a stop. Before the first start it is never aborted. */
  get signal(): AbortSignal {
    return this.stopped.signal;
  }

  get isStarted(): boolean {
    return this.working !== undefined;
  }

  /** Begins the work, unless it was started before. */
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
