/** Waiting for one run to leave memory. */
export interface RunWaiting {
  /** Resolves when the run next leaves memory. */
  readonly left: Promise<void>;
  /** Takes the waiting back: of a run that has left already it would stay for ever. */
  readonly forget: () => void;
}

/** Who waits for runs to leave memory: because they ended, suspended or were given up. */
export class RunWaiters {
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly leaving = new AbortController();

  /** Aborted once every run has left memory, as the server stops: whoever follows one hears no more of it. */
  get allLeft(): AbortSignal {
    return this.leaving.signal;
  }

  /** Runs that somebody waits for. */
  get size(): number {
    return this.waiting.size;
  }

  add(runId: string): RunWaiting {
    const waiting = this.waiting.get(runId) ?? new Set();
    this.waiting.set(runId, waiting);
    let resolve: () => void = () => undefined;
    const left = new Promise<void>((settle) => (resolve = settle));
    waiting.add(resolve);
    const forget = (): void => {
      waiting.delete(resolve);
      if (waiting.size === 0 && this.waiting.get(runId) === waiting) this.waiting.delete(runId);
    };
    return { left, forget };
  }

  /** Ends the waiting of everybody who waits for this run. */
  wake(runId: string): void {
    const waiting = this.waiting.get(runId);
    this.waiting.delete(runId);
    for (const resolve of waiting ?? []) resolve();
  }

  wakeAll(): void {
    for (const runId of [...this.waiting.keys()]) this.wake(runId);
    this.leaving.abort();
  }
}
