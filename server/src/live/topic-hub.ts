/** The most states in one message. */
const statesAtOnce = 200;

/** The shortest time between two messages of one topic, in milliseconds. */
const everyMs = 100;

type TopicListener = (states: readonly unknown[]) => void;

/**
 * Topics that publish states instead of events: `runs`, `jobs`, `models`, `kill-switches`, `workflow:ID`. A watcher gets the current state,
 * then each change. A change replaces an unsent change of the same key.
 */
export class TopicHub {
  private readonly listeners = new Map<string, Set<TopicListener>>();
  private readonly waiting = new Map<string, Map<string, () => Promise<unknown>>>();
  private timer: NodeJS.Timeout | undefined;

  /** Whether a topic has a watcher; without one, nothing needs to be read. */
  isWatched(topic: string): boolean {
    return this.listeners.has(topic);
  }

  /** Watches a topic until the returned function is called. */
  watch(topic: string, listener: TopicListener): () => void {
    const all = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0 && this.listeners.get(topic) === all) this.listeners.delete(topic);
    };
  }

  /** Announces that `key` of a topic changed. The state is read when it is sent, at most ten times a second. */
  changed(topic: string, key: string, read: () => Promise<unknown>): void {
    if (!this.isWatched(topic)) return;
    const keys = this.waiting.get(topic) ?? new Map<string, () => Promise<unknown>>();
    this.waiting.set(topic, keys.set(key, read));
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, everyMs);
    this.timer.unref();
  }

  private async flush(): Promise<void> {
    const batches = [...this.waiting];
    this.waiting.clear();
    for (const [topic, keys] of batches) {
      const states = await Promise.allSettled([...keys.values()].map((read) => read()));
      const present = states.flatMap((state) =>
        state.status === 'fulfilled' && state.value !== undefined ? [state.value] : [],
      );
      for (let at = 0; at < present.length; at += statesAtOnce)
        for (const listener of this.listeners.get(topic) ?? []) listener(present.slice(at, at + statesAtOnce));
    }
  }
}
