import { randomUUID } from 'node:crypto';
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import type { DocumentInfo, Passage, StoredDocument, VectorCollection } from '@heddle/core';
import { checkDocuments, checkQuery } from '../check-input.js';
import { readCollectionInfo } from './collection-info.js';
import type { CollectionLocation } from './collection-location.js';
import { documentPoint, PassagePayload, passagePoint, toDocumentInfo, toPassage } from './points.js';
import { searchQdrant } from './search-qdrant.js';

/** Points that one request writes or reads. */
const batchPoints = 256;

type Key = { readonly key: string; readonly match: Schemas['Match'] };

const is = (key: string, value: string): Key => ({ key, match: { value } });
const isAnyOf = (key: string, values: readonly string[]): Key => ({ key, match: { any: [...values] } });

/** One collection of the Qdrant store, as its callers see it. */
export function createQdrantCollection(collection: CollectionLocation): VectorCollection {
  const { name, dimensions, remote } = collection;
  const call = <Result>(work: (client: QdrantClient) => Promise<Result>): Promise<Result> =>
    collection.connection.call(work, { collection: name });

  const scroll = async (filter: Schemas['Filter']): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    let offset: Schemas['ScrollRequest']['offset'];
    do {
      const from = offset === undefined ? {} : { offset };
      const page = await call((client) =>
        client.scroll(remote, { filter, limit: batchPoints, with_payload: true, with_vector: false, ...from }),
      );
      found.push(...page.points.map(({ payload }) => payload));
      offset = page.next_page_offset;
    } while (offset !== undefined && offset !== null);
    return found;
  };

  const passagesWhere = async (...conditions: readonly Schemas['Condition'][]): Promise<readonly PassagePayload[]> => {
    const payloads = await scroll({ must: [is('kind', 'passage'), ...conditions] });
    return payloads.map((payload) => PassagePayload.parse(payload)).sort((a, b) => a.position - b.position);
  };

  const remove = (filter: Schemas['Filter']): Promise<unknown> =>
    call((client) => client.delete(remote, { wait: true, filter }));

  return {
    name,
    info: () => readCollectionInfo(collection.connection, name, remote),
    async put(documents) {
      checkDocuments(name, dimensions, documents);
      for (const batch of batches(lastOfEach(documents))) {
        const revision = randomUUID();
        const points = batch.flatMap((stored) =>
          stored.passages.map((passage, position) => passagePoint(stored, passage, position, revision)),
        );
        for (const some of slices(points)) await call((client) => client.upsert(remote, { wait: true, points: some }));
        // New passages first, then what is left of the old ones, the document's own point last: a reader finds no gap, and an
        // ingest that was cut off finds the old hash and does the document again.
        await remove({
          must: [
            is('kind', 'passage'),
            isAnyOf(
              'document',
              batch.map(({ document }) => document.id),
            ),
          ],
          must_not: [is('revision', revision)],
        });
        const now = Date.now();
        await call((client) =>
          client.upsert(remote, { wait: true, points: batch.map((stored) => documentPoint(stored, now)) }),
        );
      }
    },
    async delete(documentIds) {
      if (documentIds.length === 0) return 0;
      const those = isAnyOf('document', documentIds);
      const { count } = await call((client) =>
        client.count(remote, { exact: true, filter: { must: [is('kind', 'document'), those] } }),
      );
      await remove({ must: [those] });
      return count;
    },
    async documents({ after = '', limit = 1000 } = {}) {
      // The server cannot order by text: all are read and ordered here.
      const all = (await scroll({ must: [is('kind', 'document')] })).map(toDocumentInfo);
      return all
        .filter(({ id }) => id > after)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },
    async document(id): Promise<DocumentInfo | undefined> {
      const [payload] = await scroll({ must: [is('kind', 'document'), is('document', id)] });
      return payload === undefined ? undefined : toDocumentInfo(payload);
    },
    passages: async (document): Promise<readonly Passage[]> =>
      (await passagesWhere(is('document', document))).map((payload) => toPassage(payload, name)),
    async search(query) {
      checkQuery(name, dimensions, query);
      return searchQdrant(collection, query);
    },
    async neighbours(passage, before, after) {
      const [centre] = await passagesWhere(is('id', passage));
      if (centre === undefined) return [];
      const range = { gte: centre.position - before, lte: centre.position + after };
      return (await passagesWhere(is('document', centre.document), { key: 'position', range })).map((payload) =>
        toPassage(payload, name),
      );
    },
  };
}

/** Of documents with the same id, the last. */
const lastOfEach = (documents: readonly StoredDocument[]): readonly StoredDocument[] => [
  ...new Map(documents.map((stored) => [stored.document.id, stored])).values(),
];

function* batches(documents: readonly StoredDocument[]): Generator<readonly StoredDocument[]> {
  let batch: StoredDocument[] = [];
  let points = 0;
  for (const stored of documents) {
    if (batch.length > 0 && points + stored.passages.length + 1 > batchPoints) {
      yield batch;
      [batch, points] = [[], 0];
    }
    batch.push(stored);
    points += stored.passages.length + 1;
  }
  if (batch.length > 0) yield batch;
}

function* slices<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += batchPoints) yield items.slice(start, start + batchPoints);
}
