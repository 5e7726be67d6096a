/** The only source of time in engine and nodes; tests bring their own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once at or after a time (epoch milliseconds); the returned function takes it back. Never keeps a process alive by itself. */
  at(time: number, callback: () => void): () => void;
}
