import type { RowErasure } from '@heddle/adapters/datasets';
import type { Conversations } from '@heddle/core';
import type { Storage } from '../storage/storage.js';

interface Stored {
  readonly conversations: Conversations;
  readonly storage: Storage;
  readonly rowErasure: RowErasure;
}

/**
 * Wraps stores so that erasing runs or conversations also erases the dataset rows with copies of their values. What a person erases
 * disappears from all versions in the same transaction. What retention removes stays in datasets, because these are made to be kept.
 */
export function forgettingRows<Parts extends Stored>(parts: Parts): Parts {
  const { conversations, storage, rowErasure } = parts;
  return {
    ...parts,
    conversations: {
      ...conversations,
      async erase(ids, commit = (writes) => rowErasure.commit(writes)) {
        let count = 0;
        // Read again each time the erasure is retried.
        const erased = await conversations.erase(ids, async (erasures, found) => {
          const { rows, writes } = await rowErasure.ofConversations(ids);
          count = rows;
          await commit([...erasures, ...writes], rows === 0 ? found : { ...found, rows });
        });
        return count === 0 ? erased : { ...erased, rows: count };
      },
    },
    storage: {
      ...storage,
      removeRuns: (runIds, stays, commit = (writes) => rowErasure.commit(writes)) =>
        storage.removeRuns(runIds, stays, async (writes) => {
          const rows = await rowErasure.ofRuns(runIds);
          await commit([...writes, ...rows.writes]);
        }),
    },
  };
}
