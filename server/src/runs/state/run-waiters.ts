interface RunWaiting {
  /** Resolves when the run next leaves memory. */
  readonly left: Promise<void>;
  /** Ends the wait. Without this, a wait for a run that has already left would stay for ever. */
  readonly forget: () => void;
}

/** Callers that wait for runs to leave memory, because the runs end or are suspended. */
export class RunWaiters {
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly leaving = new AbortController();

  /** Aborted once every run has left memory, because the server stops. */
  get allLeft(): AbortSignal {
    return this.leaving.signal;
  }

  /** The number of runs that callers wait for. */
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

  /** Ends all waits for this run. */
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
