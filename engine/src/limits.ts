/** Concurrency limits by name. Written by the engine's limits module. */
export interface Limits {
  /** Takes a slot of each name, all at once or none; calls back when they are free. The returned function gives the place in the queue up. */
  acquire(names: readonly string[], onReady: () => void, onPosition?: (limit: string, position: number) => void): () => void;
  release(names: readonly string[]): void;
}
