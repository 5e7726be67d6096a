import { isStoreFault } from '@heddle/core';

/**
 * Joins reads of the same key. Reads that are requested while one is running share the next read, which begins after all of these requests.
 * So no caller sees older data than its own read would have returned. If a read fails with a fault of the store, the waiting reads fail
 * too.
 *
 * @example const reads = new JoinedReads<Row>(); await reads.read('run-1', () => database.run(…));
 */
export class JoinedReads<Value> {
  private readonly running = new Map<string, Promise<Value>>();
  private readonly waiting = new Map<string, Promise<Value>>();

  /** Reads the value for a key. Callers share the value and must not change it. Errors: those of `read`. */
  read(key: string, read: () => Promise<Value>): Promise<Value> {
    const joined = this.waiting.get(key);
    if (joined !== undefined) return joined;
    const running = this.running.get(key);
    if (running === undefined) return this.begin(key, read);
    const begin = (): Promise<Value> => {
      this.waiting.delete(key);
      return this.begin(key, read);
    };
    const next = running.then(begin, (error: unknown) => {
      if (!isStoreFault(error)) return begin();
      this.waiting.delete(key);
      throw error;
    });
    this.waiting.set(key, next);
    return next;
  }

  private begin(key: string, read: () => Promise<Value>): Promise<Value> {
    const begun = read();
    this.running.set(key, begun);
    const end = (): void => {
      if (this.running.get(key) === begun) this.running.delete(key);
    };
    begun.then(end, end);
    return begun;
  }
}
