import { isStoreFault } from '@heddle/core';

/**
 * Reads of the same thing that are asked while one is running become one, which begins after all of them were asked: none of them sees less than
 * if it had read alone. A fault of the store counts for those that wait too.
 *
 * @example const reads = new JoinedReads<Row>(); await reads.read('run-1', () => database.run(…));
 */
export class JoinedReads<Value> {
  private readonly running = new Map<string, Promise<Value>>();
  private readonly waiting = new Map<string, Promise<Value>>();

  /** Reads what has this key. What is read must not be changed: others get the same. Errors: those of `read`. */
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
