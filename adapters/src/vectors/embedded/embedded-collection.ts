import type { StoredDocument, VectorCollection } from '@heddle/core';
import { checkDocuments, checkQuery, checkTitleWeight } from '../check-input.js';
import type { PackedDocument } from './worker/protocol.js';
import type { WorkerClient } from './worker/worker-client.js';

/** Passages in one transaction; a larger document gets one of its own. Searches are answered between two transactions. */
const batchPassages = 256;

/** One collection of the embedded store, as its callers see it. */
export function createEmbeddedCollection(
  client: Pick<WorkerClient, 'call'>,
  name: string,
  dimensions: number,
): VectorCollection {
  return {
    name,
    info: () => client.call('info', { name }),
    async put(documents) {
      checkDocuments(name, dimensions, documents);
      for (const batch of batches(documents)) {
        const vectors = packVectors(batch, dimensions);
        await client.call(
          'put',
          { name, documents: batch.map(withoutVectors), vectors },
          { transfer: [vectors.buffer] },
        );
      }
    },
    delete: (documents) => client.call('delete', { name, documents }),
    setReaders: (changes) => client.call('setReaders', { name, changes }),
    documents: ({ after, limit = 1000 } = {}) => client.call('documents', { name, limit, after }),
    document: (document) => client.call('document', { name, document }),
    passages: (document) => client.call('passages', { name, document }),
    vectors: (document) => client.call('vectors', { name, document }),
    async search(query) {
      checkQuery(name, dimensions, query);
      checkTitleWeight(name, 'embedded', query);
      const { signal, ...packed } = query;
      return client.call('search', { name, query: packed }, signal === undefined ? {} : { signal });
    },
    visible: (positions, { filter, readers, signal }) =>
      client.call('visible', { name, positions, to: { filter, readers } }, signal === undefined ? {} : { signal }),
    neighbours: (passage, before, after) => client.call('neighbours', { name, passage, before, after }),
    note: (key) => client.call('note', { name, key }),
    setNote: (key, text) => client.call('setNote', { name, key, text }),
  };
}

function* batches(documents: readonly StoredDocument[]): Generator<readonly StoredDocument[]> {
  let batch: StoredDocument[] = [];
  let passages = 0;
  for (const document of documents) {
    if (batch.length > 0 && passages + document.passages.length > batchPassages) {
      yield batch;
      [batch, passages] = [[], 0];
    }
    batch.push(document);
    passages += document.passages.length;
  }
  if (batch.length > 0) yield batch;
}

function packVectors(documents: readonly StoredDocument[], dimensions: number): Float32Array<ArrayBuffer> {
  const passages = documents.flatMap((document) => document.passages);
  const packed = new Float32Array(passages.length * dimensions);
  passages.forEach((passage, index) => packed.set(passage.vector, index * dimensions));
  return packed;
}

const withoutVectors = ({ document, passages, readers }: StoredDocument): PackedDocument => ({
  document,
  passages: passages.map(({ vector: _vector, ...passage }) => passage),
  readers,
});
