import { HeddleError } from '@heddle/core';
import type { FromNodes } from '../wire/messages.js';

type Given = Extract<FromNodes, { kind: 'given' }>;

/** The pending requests of the server to the process of a node. */
export class PendingRequests {
  private lastId = 0;
  private readonly waiting = new Map<number, { settle(given: Given): void; fail(error: unknown): void }>();

  /** Errors: `aborted` if the node ends first. */
  ask(send: (want: number) => void): Promise<Given> {
    const want = (this.lastId += 1);
    return new Promise((settle, fail) => {
      this.waiting.set(want, { settle, fail });
      send(want);
    });
  }

  settle(given: Given): void {
    this.waiting.get(given.want)?.settle(given);
    this.waiting.delete(given.want);
  }

  close(): void {
    for (const each of this.waiting.values()) each.fail(new HeddleError('aborted', 'The node has ended.'));
    this.waiting.clear();
  }
}
