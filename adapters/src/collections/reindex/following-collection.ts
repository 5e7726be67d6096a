import { HeddleError, type VectorCollection } from '@heddle/core';

/** How often a call is repeated because the collection moved to another store; it may move more than once meanwhile. */
const mostMoves = 3;

/**
 * A collection that can move to another store while it is in use. If a call fails with `collection_not_found`, it opens the collection in
 * the store that has it now and repeats the call. For a dropped collection the error stays.
 */
export function followingCollection(
  first: VectorCollection,
  reopen: () => Promise<VectorCollection>,
): VectorCollection {
  let current = first;
  const call = async <Result>(work: (collection: VectorCollection) => Promise<Result>): Promise<Result> => {
    for (let moves = 0; ; moves += 1) {
      const used = current;
      try {
        return await work(used);
      } catch (error) {
        if (!(error instanceof HeddleError) || error.code !== 'collection_not_found' || moves === mostMoves)
          throw error;
        if (current === used) current = await reopen();
      }
    }
  };
  return {
    name: first.name,
    info: () => call((one) => one.info()),
    put: (documents) => call((one) => one.put(documents)),
    delete: (ids) => call((one) => one.delete(ids)),
    setReaders: (changes) => call((one) => one.setReaders(changes)),
    documents: (options) => call((one) => one.documents(options)),
    document: (id) => call((one) => one.document(id)),
    passages: (id) => call((one) => one.passages(id)),
    vectors: (id) => call((one) => one.vectors(id)),
    search: (query) => call((one) => one.search(query)),
    visible: (positions, to) => call((one) => one.visible(positions, to)),
    neighbours: (passage, before, after) => call((one) => one.neighbours(passage, before, after)),
    note: (key) => call((one) => one.note(key)),
    setNote: (key, text) => call((one) => one.setNote(key, text)),
  };
}
