import type { NodeContext } from '@heddle/core';
import { ticks } from './harness.js';

/** A writer that yields its next delta each time `step` is called. */
export function steppedWriter(text: readonly string[]) {
  const gates: (() => void)[] = [];
  async function* produce({ context }: { context: NodeContext }) {
    for (const word of text) {
      await new Promise<void>((resolve, reject) => {
        gates.push(resolve);
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error), { once: true });
      });
      yield { port: 'text', delta: word };
    }
    return { text: text.join('') };
  }
  return {
    produce,
    step: async () => {
      gates.shift()?.();
      await ticks(5);
    },
  };
}

/** Collects all deltas of a stream input. */
export async function collect(stream: unknown): Promise<string[]> {
  const read: string[] = [];
  for await (const delta of stream as AsyncIterable<string>) read.push(delta);
  return read;
}
