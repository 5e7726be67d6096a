import { HeddleError } from '@heddle/core';

/** The maximum number of topics of one socket. */
const mostTopics = 200;

/** Begins a watch and returns the function that ends it. Calls `onEnd` if the watch ends by itself. */
type BeginWatch = (onEnd: () => void) => Promise<() => void>;

interface Watch {
  stop: () => void;
  hasEnded: boolean;
}

/** The topics of one socket. Each topic has one watch, and requests are handled in order. */
export class SocketWatches {
  private readonly watches = new Map<string, Watch>();
  private last: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  get size(): number {
    return this.watches.size;
  }

  get topics(): readonly string[] {
    return [...this.watches.keys()];
  }

  /** Begins to watch a topic; ends an earlier watch of the same topic first. Errors: `too_many_requests`, and those of `begin`. */
  add(topic: string, begin: BeginWatch): Promise<void> {
    return this.inOrder(async () => {
      this.end(topic);
      if (this.watches.size >= mostTopics) {
        throw new HeddleError('too_many_requests', `A connection may watch ${mostTopics} topics: leave one first.`);
      }
      const watch: Watch = { stop: () => undefined, hasEnded: false };
      watch.stop = await begin(() => {
        watch.hasEnded = true;
        if (this.watches.get(topic) === watch) this.watches.delete(topic);
      });
      if (this.isClosed) watch.stop();
      else if (!watch.hasEnded) this.watches.set(topic, watch);
    });
  }

  remove(topic: string): Promise<void> {
    return this.inOrder(async () => {
      await Promise.resolve();
      this.end(topic);
    });
  }

  /** Ends all watches; later requests begin none. */
  close(): void {
    this.isClosed = true;
    for (const topic of [...this.watches.keys()]) this.end(topic);
  }

  private end(topic: string): void {
    this.watches.get(topic)?.stop();
    this.watches.delete(topic);
  }

  private inOrder(work: () => Promise<void>): Promise<void> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}
