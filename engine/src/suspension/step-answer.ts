import { isPlainObject } from '@heddle/core';
import { requestIdOf } from '../identity.js';

/** The key under which the engine asks at a breakpoint. */
export const breakpointKey = '~breakpoint';

/** Whether the answer to a breakpoint asks to pause again before the next node: `{ "step": true }`. */
export function isStep(answer: unknown): boolean {
  return isPlainObject(answer) && answer['step'] === true;
}

/** Whether an open question is the engine's own at a breakpoint: nobody has to decide anything there. */
export function isBreakpointRequest({
  requestId,
  runId,
  path,
}: Readonly<Record<'requestId' | 'runId' | 'path', string>>): boolean {
  return requestId === requestIdOf(runId, path, breakpointKey);
}
