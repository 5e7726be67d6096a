import { HeddleError, checkValue, toHeddleError } from '@heddle/core';
import type { Outputs } from '../scheduler/scheduler-types.js';

/** How one call of a node's function ended. */
export type Outcome =
  | { readonly type: 'done'; readonly outputs: Outputs; readonly finish?: 'stopped' }
  | { readonly type: 'failed'; readonly error: HeddleError }
  | { readonly type: 'suspended' };

/** Longer error messages are cut at this many characters. */
const longestMessage = 20_000;

/** The failure of a call, with the error code that fits the thrown value. Its message and details are bounded like every value. */
export function failed(error: unknown): Outcome {
  const known = toHeddleError(error, 'node_failed');
  const { code, message, retryable, details } = known;
  if (message.length <= longestMessage && isBounded(details)) return { type: 'failed', error: known };
  const kept = isBounded(details) && details !== undefined ? { details } : {};
  const short = new HeddleError(code, message.slice(0, longestMessage), { cause: known, retryable, ...kept });
  return { type: 'failed', error: short };
}

function isBounded(details: HeddleError['details']): boolean {
  try {
    checkValue(details, 'The details');
    return true;
  } catch {
    return false; // Details that cannot be checked are left out: the message says what happened.
  }
}
