import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { sizeWithin, type ValueSize } from '@heddle/core';

/** Values that are processed in one tick. */
const mostAtOnce: ValueSize = { values: 5_000, characters: Infinity };

/**
 * Waits a tick where inputs or outputs have very many values: each pass over them takes milliseconds.
 *
 * @example checkInputSizes(inputs, maxBytes); await pauseFor(inputs); checkInputs(inputs, planInterface, limits);
 */
export async function pauseFor(values: Readonly<Record<string, unknown>>): Promise<void> {
  if (sizeWithin(values, mostAtOnce) === undefined) await yieldToEventLoop();
}
