import { runInPieces, type Steps } from '@heddle/core';

/** Callers that wait, in the order of their calls. */
const waiting: (() => void)[] = [];

/**
 * Resolves in a later tick of the event loop, one caller a tick. So however many requests have long work, each tick does one piece of
 * one of them.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(resumeNext);
  });
}

function resumeNext(): void {
  waiting[0]?.();
  waiting.shift();
  if (waiting.length > 0) setImmediate(resumeNext);
}

/**
 * Does long work piece by piece, so that it never holds up others for longer than a piece takes.
 *
 * @example const document = await inSlices(parseDocumentSteps(body));
 */
export const inSlices = <Result>(steps: Steps<Result>): Promise<Result> => runInPieces(steps, yieldToEventLoop);
