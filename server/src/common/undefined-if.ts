import { HeddleError, type ErrorCode } from '@heddle/core';

/**
 * Reads something that may not exist: undefined if the read fails with one of these codes. Errors: all others of `read`.
 *
 * @example const summary = await undefinedIf(['run_not_found'], () => journal.summary(runId));
 */
export async function undefinedIf<Found>(
  codes: readonly ErrorCode[],
  read: () => Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof HeddleError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
