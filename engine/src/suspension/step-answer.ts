import { breakpointKey, isPlainObject } from '@heddle/core';
import { requestIdOf } from '../identity.js';

/** Whether the answer to a breakpoint requests another pause before the next node: `{ "step": true }`. */
export function isStep(answer: unknown): boolean {
  return isPlainObject(answer) && answer['step'] === true;
}

/** Whether an open question is the engine's own question at a breakpoint, which nobody has to decide. */
export function isBreakpointRequest({
  requestId,
  runId,
  path,
}: Readonly<Record<'requestId' | 'runId' | 'path', string>>): boolean {
  return requestId === requestIdOf(runId, path, breakpointKey);
}
