import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import { sizeWithin, type ValueSize } from '@heddle/core';

/** The number of values that are processed in one tick. */
const mostAtOnce: ValueSize = { values: 5_000, characters: Infinity };

/**
 * Waits for the next tick if inputs or outputs have very many values, because each pass over them takes milliseconds.
 *
 * @example checkInputSizes(inputs, maxBytes); await pauseFor(inputs); resolveInputs(inputs, planInterface, limits);
 */
export async function pauseFor(values: Readonly<Record<string, unknown>>): Promise<void> {
  if (sizeWithin(values, mostAtOnce) === undefined) await yieldToEventLoop();
}
