import type { Conversations, DatasetStore } from '@heddle/core';
import type { Storage } from '../storage/storage.js';

interface Stored {
  readonly conversations: Conversations;
  readonly storage: Storage;
  readonly datasets: Pick<DatasetStore, 'runsOf' | 'forgetRuns'>;
}

/**
 * Stores whose erasures reach the rows of datasets: rows hold copies of the values of runs. What a person erases goes from all versions, in
 * the same transaction. What retention removes stays in datasets: they were made to be kept.
 */
export function forgettingRows<Parts extends Stored>(parts: Parts): Parts {
  const { conversations, storage, datasets } = parts;
  return {
    ...parts,
    conversations: {
      ...conversations,
      erase(ids) {
        const runs = datasets.runsOf(ids);
        const erased = conversations.erase(ids);
        const rows = datasets.forgetRuns(runs).reduce((sum, { rows: some }) => sum + some, 0);
        return rows === 0 ? erased : { ...erased, rows };
      },
    },
    storage: {
      ...storage,
      removeRun(runId) {
        const removed = storage.removeRun(runId);
        if (removed === 'removed') datasets.forgetRuns([runId]);
        return removed;
      },
    },
  };
}
