import { HeddleError } from '@heddle/core';

/** Whether a commit whose writes have no other error than `conflict` was made: false where another operation was quicker. */
export async function isDone(commit: Promise<void>): Promise<boolean> {
  try {
    await commit;
    return true;
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'conflict') return false;
    throw error;
  }
}
