import { HeddleError } from '@heddle/core';

/**
 * Waits for a commit and returns whether it succeeded; false after `conflict`, if another operation was quicker. Use it for writes whose
 * only own error is `conflict`.
 */
export async function isDone(commit: Promise<void>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'conflict') return false;
    throw error;
  }
}
