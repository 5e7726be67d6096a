import type { Delta, GenerateRequest, LanguageModel, NodeContext, StepContext } from '@heddle/core';
import { streamText } from './stream-text.js';

/** The stored result of `streamStep`. */
interface WrittenText {
  readonly text: string;
  readonly finishReason: string;
}

/**
 * A step that streams text: it yields the text while `effect` runs. If its result is already in the journal, it yields the whole text at
 * once. The yielded text must equal the text of the result.
 */
export async function* streamingStep<T extends { readonly text: string }>(
  key: string,
  port: string,
  context: NodeContext,
  effect: (onText: (text: string) => void, step: StepContext) => Promise<T>,
): AsyncGenerator<Delta, T, void> {
  const open: string[] = [];
  let wake = (): void => undefined;
  let isDone = false;
  let hasSent = false;
  const written = context.step(key, (step) =>
    effect((text) => {
      open.push(text);
      wake();
    }, step),
  );
  const end = (): void => {
    isDone = true;
    wake();
  };
  // The promise is awaited below. If the consumer stops early, the rejection is that of the signal, which the engine handles.
  written.then(end, end);
  for (;;) {
    for (let delta = open.shift(); delta !== undefined; delta = open.shift()) {
      hasSent = true;
      yield { port, delta };
    }
    if (isDone) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (open.length > 0 || isDone) resolve();
    });
  }
  const result = await written;
  if (!hasSent && result.text !== '') yield { port, delta: result.text };
  return result;
}

/** Generates text as a step and yields it while it arrives. */
export function streamStep(
  key: string,
  model: LanguageModel,
  request: GenerateRequest,
  port: string,
  context: NodeContext,
): AsyncGenerator<Delta, WrittenText, void> {
  return streamingStep(key, port, context, async (onText): Promise<WrittenText> => {
    const stream = streamText(model, request, port, context);
    for (;;) {
      const next = await stream.next();
      if (next.done === true) return { text: next.value.text, finishReason: next.value.finishReason };
      onText(next.value.delta);
    }
  });
}
