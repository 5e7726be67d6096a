import { runInPieces, type Steps } from '@heddle/core';

const waiting: (() => void)[] = [];

/**
 * Resolves in a later tick of the event loop, and releases one caller in each tick, in the order of the calls. However many requests have
 * long work, each tick runs one piece of one request.
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
 * Runs long work in pieces, so that other work never waits longer than one piece takes.
 *
 * @example const document = await inSlices(parseDocumentSteps(body));
 */
export const inSlices = <Result>(steps: Steps<Result>): Promise<Result> => runInPieces(steps, yieldToEventLoop);
