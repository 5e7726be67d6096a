import { nextTurn } from '@heddle/adapters/turns';
import { sizeWithin, type ValueSize } from '@heddle/core';

/** Values that are worked on without a pause. */
const mostAtOnce: ValueSize = { values: 5_000, characters: Infinity };

/**
 * Gives others their turn where inputs or outputs have very many values: each look at them takes milliseconds, and so does writing them.
 *
 * @example checkInputSizes(inputs, maxBytes); await pauseFor(inputs); checkInputs(inputs, face, limits);
 */
export async function pauseFor(values: Readonly<Record<string, unknown>>): Promise<void> {
  if (sizeWithin(values, mostAtOnce) === undefined) await nextTurn();
}
