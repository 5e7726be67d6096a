import type { Delta, GenerateRequest, LanguageModel, NodeContext } from '@heddle/core';
import { streamText } from './stream-text.js';

/** What such a step keeps. */
export interface WrittenText {
  readonly text: string;
  readonly finishReason: string;
}

/**
 * A generation that is a journaled step and still seen while it is written: its deltas are yielded as they come. One that was
 * journaled before gives its whole text at once.
 */
export async function* streamStep(
  key: string,
  model: LanguageModel,
  request: GenerateRequest,
  port: string,
  context: NodeContext,
): AsyncGenerator<Delta, WrittenText, void> {
  const open: Delta[] = [];
  let wake = (): void => undefined;
  let [isDone, seen] = [false, 0];
  const written = context.step(key, async (): Promise<WrittenText> => {
    const stream = streamText(model, request, port, context);
    for (;;) {
      const next = await stream.next();
      if (next.done === true) return { text: next.value.text, finishReason: next.value.finishReason };
      open.push(next.value);
      wake();
    }
  });
  const end = (): void => {
    isDone = true;
    wake();
  };
  // The promise is awaited below; where nobody reads on, its failure is the signal's, which the engine knows.
  written.then(end, end);
  for (;;) {
    for (let delta = open.shift(); delta !== undefined; delta = open.shift()) {
      seen += delta.delta.length;
      yield delta;
    }
    if (isDone) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (open.length > 0 || isDone) resolve();
    });
  }
  const result = await written;
  if (seen === 0 && result.text !== '') yield { port, delta: result.text };
  return result;
}
