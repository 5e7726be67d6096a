import { z } from 'zod';
import { ErrorValue } from '../errors/heddle-error.js';

/** What stands in the place of a stored value that is missing or damaged, where a run is shown. Nothing computes with it. */
export const LostValue = z.object({ lost: ErrorValue }).meta({ id: 'LostValue' });
export type LostValue = z.infer<typeof LostValue>;

/**
 * The error of a value that could not be read; undefined for any other value.
 *
 * @example lostOf({ lost: { code: 'storage_corrupt', message: '…', retryable: false } })?.code // 'storage_corrupt'
 */
export function lostOf(value: unknown): ErrorValue | undefined {
  const parsed = LostValue.strict().safeParse(value);
  return parsed.success && parsed.data.lost.code === 'storage_corrupt' ? parsed.data.lost : undefined;
}
