import { isPlainObject } from '@heddle/core';

/** The key under which the engine asks at a breakpoint. */
export const breakpointKey = '~breakpoint';

/** Whether the answer to a breakpoint asks to pause again before whatever starts next: `{ "step": true }`. */
export function isStep(answer: unknown): boolean {
  return isPlainObject(answer) && answer['step'] === true;
}
