import { type HeddleError, type Label } from '@heddle/core';

interface Piece {
  readonly delta: string;
  readonly label: Label;
}

/**
 * The text that one output has yielded in one attempt, for its stream consumers. The buffer lives until all of them have settled. Each
 * consumer reads with its own cursor, from the start, and never slows the producer.
 */
export class StreamBuffer {
  private readonly pieces: Piece[] = [];
  private hasEnded = false;
  private error: HeddleError | undefined;
  private waiters: (() => void)[] = [];

  push(delta: string, label: Label): void {
    this.pieces.push({ delta, label });
    this.wake();
  }

  /** Ends the stream, because the producer's function succeeded. */
  end(): void {
    this.hasEnded = true;
    this.wake();
  }

  /** Makes readers fail, because the producer failed or starts again. */
  break(error: HeddleError): void {
    this.error = error;
    this.wake();
  }

  private wake(): void {
    const waiters = this.waiters;
    if (waiters.length === 0) return;
    this.waiters = [];
    for (const waiter of waiters) waiter();
  }

  /** Reads from the start. `onRead` is called with the label of each delta before the reader gets it, and may throw. */
  read(signal: () => AbortSignal, onRead: (label: Label) => void): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.cursor(signal(), onRead) };
  }

  private async *cursor(signal: AbortSignal, onRead: (label: Label) => void): AsyncGenerator<string, void, void> {
    const onAbort = (): void => this.wake();
    signal.addEventListener('abort', onAbort);
    try {
      for (let position = 0; ;) {
        if (signal.aborted) throw signal.reason;
        const piece = this.pieces[position];
        if (piece !== undefined) {
          position += 1;
          onRead(piece.label);
          yield piece.delta;
        } else if (this.error !== undefined) {
          throw this.error;
        } else if (this.hasEnded) {
          return;
        } else {
          await new Promise<void>((resolve) => this.waiters.push(resolve));
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

/** A stream that delivers a whole value as one delta: across the borders of loops and nested runs, and after the end of the producer. */
export function singleStream(value: unknown): AsyncIterable<unknown> {
  return {
    async *[Symbol.asyncIterator]() {
      await Promise.resolve();
      yield value;
    },
  };
}
