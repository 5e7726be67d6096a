import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';

/** Replaces a missing or damaged stored value where a run is displayed. It is never used as an input. */
export const LostValue = z.object({ lost: ErrorValue }).meta({ id: 'LostValue' });
export type LostValue = z.infer<typeof LostValue>;

/**
 * Returns the error of a value that could not be read; undefined for every other value.
 *
 * @example lostOf({ lost: { code: 'storage_corrupt', message: '…', retryable: false } })?.code // 'storage_corrupt'
 */
export function lostOf(value: unknown): ErrorValue | undefined {
  const parsed = LostValue.strict().safeParse(value);
  return parsed.success && parsed.data.lost.code === 'storage_corrupt' ? parsed.data.lost : undefined;
}
