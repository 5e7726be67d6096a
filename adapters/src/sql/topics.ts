import type { CachedTopic } from '@heddle/core';

/** Who keeps copies of tables in memory. */
export class Topics {
  private readonly listeners = new Map<CachedTopic, Set<() => void>>();

  watch(topic: CachedTopic, listener: () => void): () => void {
    const known = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, known.add(listener));
    return () => known.delete(listener);
  }

  /** Tells of writes that were made, or that may have been. */
  tell(writes: readonly { readonly topic?: CachedTopic }[]): void {
    if (this.listeners.size === 0) return;
    for (const topic of new Set(writes.map((write) => write.topic)))
      if (topic !== undefined) for (const listener of this.listeners.get(topic) ?? []) listener();
  }
  /** Tells of everything, where nobody knows what was changed. */
  tellAll(): void {
    this.tell([...this.listeners.keys()].map((topic) => ({ topic })));
  }
}
