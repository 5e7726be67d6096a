import type { CachedTopic } from '@heddle/core';

/** The listeners that cache tables in memory. */
export class Topics {
  private readonly listeners = new Map<CachedTopic, Set<() => void>>();

  watch(topic: CachedTopic, listener: () => void): () => void {
    const known = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, known.add(listener));
    return () => known.delete(listener);
  }

  /** Notifies listeners of writes that were made or may have been made. */
  notify(writes: readonly { readonly topic?: CachedTopic }[]): void {
    if (this.listeners.size === 0) return;
    for (const topic of new Set(writes.map((write) => write.topic)))
      if (topic !== undefined) for (const listener of this.listeners.get(topic) ?? []) listener();
  }
  /** Notifies all listeners, if it is unknown what was changed. */
  notifyAll(): void {
    this.notify([...this.listeners.keys()].map((topic) => ({ topic })));
  }
}
