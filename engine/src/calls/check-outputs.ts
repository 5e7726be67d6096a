import { checkValueSteps, isSmallValue, runInPieces, type Steps } from '@heddle/core';
import type { Outputs } from '../scheduler/scheduler-types.js';

// Every value is bounded where it is made, before it is journaled: what walks it later relies on `valueBounds`.

/**
 * Checks what a node returned. Small outputs, which most are, are checked at once; undefined says that they are fine. For large ones it
 * gives the check in pieces. Errors: as `checkValueSteps`.
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

/** Does long work in pieces, each in a tick of the event loop of its own. */
export const inSlices = <Result>(run: { later(callback: () => void): void }, steps: Steps<Result>): Promise<Result> =>
  runInPieces(steps, () => new Promise((resolve) => run.later(resolve)));
