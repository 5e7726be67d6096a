import type { Steps } from '@heddle/core';

/** Those who wait for their turn, first come first. */
const waiting: (() => void)[] = [];

/**
 * Resolves in a later turn of the event loop, once others were heard. One waits for another: however many requests have long work, each
 * turn does one piece of one of them.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(giveTurn);
  });
}

function giveTurn(): void {
  waiting[0]?.();
  waiting.shift();
  if (waiting.length > 0) setImmediate(giveTurn);
}

/**
 * Does long work piece by piece, so that it never holds up anybody else for longer than a piece takes.
 *
 * @example const document = await inTurns(parseDocumentSteps(body));
 */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}
