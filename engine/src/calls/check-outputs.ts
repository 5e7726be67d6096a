import { checkValueSteps, isSmallValue, runInPieces, type Steps } from '@heddle/core';
import type { Outputs } from '../scheduler/scheduler-types.js';

// Every value is checked against `valueBounds` where it is made, before it is journaled. Code that walks it later relies on these bounds.

/**
 * Checks what a node returned. Small outputs, the usual case, are checked at once: the result is undefined if they are valid. For large
 * outputs, returns the rest of the check, to be run in pieces. Errors: as `checkValueSteps`.
 */
export function checkOutputs(path: string, outputs: Outputs): Steps<void> | undefined {
  for (const name in outputs) {
    if (isSmallValue(outputs[name]?.value)) continue;
    const steps = checkEach(path, outputs);
    return steps.next().done === true ? undefined : steps;
  }
  return undefined;
}

function* checkEach(path: string, outputs: Outputs): Steps<void> {
  for (const [name, { value }] of Object.entries(outputs))
    if (!isSmallValue(value)) yield* checkValueSteps(value, `The output '${name}' of '${path}'`);
}

/** Does long work in pieces, each in its own tick of the event loop. */
export const inSlices = <Result>(run: { later(callback: () => void): void }, steps: Steps<Result>): Promise<Result> =>
  runInPieces(steps, () => new Promise((resolve) => run.later(resolve)));
