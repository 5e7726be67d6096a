import type { RowErasure } from '@heddle/adapters/datasets';
import type { Conversations } from '@heddle/core';
import type { Storage } from '../storage/storage.js';

interface Stored {
  readonly conversations: Conversations;
  readonly storage: Storage;
  readonly rowErasure: RowErasure;
}

/**
 * Stores whose erasures reach the rows of datasets: rows hold copies of the values of runs. What a person erases goes from all versions, in
 * the same transaction. What retention removes stays in datasets: they were made to be kept.
 */
export function forgettingRows<Parts extends Stored>(parts: Parts): Parts {
  const { conversations, storage, rowErasure } = parts;
  return {
    ...parts,
    conversations: {
      ...conversations,
      erase(ids) {
        const runs = rowErasure.runsOf(ids);
        const erased = conversations.erase(ids);
        const rows = rowErasure.forgetRuns(runs);
        return rows === 0 ? erased : { ...erased, rows };
      },
    },
    storage: {
      ...storage,
      removeRun(runId) {
        const removed = storage.removeRun(runId);
        if (removed === 'removed') rowErasure.forgetRuns([runId]);
        return removed;
      },
    },
  };
}
