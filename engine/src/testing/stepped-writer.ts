import type { NodeContext } from '@heddle/core';
import { turns } from './harness.js';

/** The behaviour of a writer that goes on each time `step` is called. */
export function steppedWriter(words: readonly string[]) {
  const gates: (() => void)[] = [];
  async function* produce({ context }: { context: NodeContext }) {
    for (const word of words) {
      await new Promise<void>((resolve, reject) => {
        gates.push(resolve);
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error), { once: true });
      });
      yield { port: 'text', delta: word };
    }
    return { text: words.join('') };
  }
  return {
    produce,
    step: async () => {
      gates.shift()?.();
      await turns(5);
    },
  };
}

/** All deltas of a stream input. */
export async function collect(stream: unknown): Promise<string[]> {
  const read: string[] = [];
  for await (const delta of stream as AsyncIterable<string>) read.push(delta);
  return read;
}
