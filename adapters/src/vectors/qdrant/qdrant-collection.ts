import { randomUUID } from 'node:crypto';
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import type {
  CollectionInfo,
  DocumentInfo,
  Passage,
  StoredDocument,
  VectorCollection,
  VectorQuery,
} from '@heddle/core';
import { checkDocuments, checkQuery } from '../check-input.js';
import { readCollectionInfo } from './collection-info.js';
import type { CollectionLocation } from './collection-location.js';
import {
  documentPoint,
  notePoint,
  NotePayload,
  PassagePayload,
  passagePoint,
  toDocumentInfo,
  toPassage,
} from './points.js';
import { searchQdrant } from './search-qdrant.js';

/** Points that one request writes or reads. */
const batchPoints = 256;

type Key = { readonly key: string; readonly match: Schemas['Match'] };

const is = (key: string, value: string): Key => ({ key, match: { value } });
const isAnyOf = (key: string, values: readonly string[]): Key => ({ key, match: { any: [...values] } });

/** One collection of the Qdrant store, as its callers see it. */
export class QdrantCollection implements VectorCollection {
  readonly name: string;
  private readonly collection: CollectionLocation;

  constructor(collection: CollectionLocation) {
    this.collection = collection;
    this.name = this.collection.name;
  }

  info(): Promise<CollectionInfo> {
    return readCollectionInfo(this.collection.connection, this.collection.name, this.collection.remote);
  }

  async put(documents: readonly StoredDocument[]): Promise<void> {
    checkDocuments(this.collection.name, this.collection.dimensions, documents);
    for (const batch of batches(lastOfEach(documents))) {
      const revision = randomUUID();
      const points = batch.flatMap((stored) =>
        stored.passages.map((passage, position) => passagePoint(stored, passage, position, revision)),
      );
      for (const some of slices(points))
        await this.call((client) => client.upsert(this.collection.remote, { wait: true, points: some }));
      // New passages first, then what is left of the old ones, the document's own point last: a reader finds no gap, and an
      // ingest that was cut off finds the old hash and does the document again.
      await this.remove({
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
      await this.call((client) =>
        client.upsert(this.collection.remote, {
          wait: true,
          points: batch.map((stored) => documentPoint(stored, now)),
        }),
      );
    }
  }

  async delete(documentIds: readonly string[]): Promise<number> {
    if (documentIds.length === 0) return 0;
    const those = isAnyOf('document', documentIds);
    const { count } = await this.call((client) =>
      client.count(this.collection.remote, { exact: true, filter: { must: [is('kind', 'document'), those] } }),
    );
    await this.remove({ must: [those] });
    return count;
  }

  async documents({ after = '', limit = 1000 }: { readonly after?: string; readonly limit?: number } = {}): Promise<
    readonly DocumentInfo[]
  > {
    // The server cannot order by text: all are read and ordered here.
    const all = (await this.scroll({ must: [is('kind', 'document')] })).map(toDocumentInfo);
    return all
      .filter(({ id }) => id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  async document(id: string): Promise<DocumentInfo | undefined> {
    const [payload] = await this.scroll({ must: [is('kind', 'document'), is('document', id)] });
    return payload === undefined ? undefined : toDocumentInfo(payload);
  }

  async passages(document: string): Promise<readonly Passage[]> {
    return (await this.passagesWhere(is('document', document))).map((payload) =>
      toPassage(payload, this.collection.name),
    );
  }

  async search(query: VectorQuery): Promise<readonly Passage[]> {
    checkQuery(this.collection.name, this.collection.dimensions, query);
    return searchQdrant(this.collection, query);
  }

  async neighbours(passage: string, before: number, after: number): Promise<readonly Passage[]> {
    const [centre] = await this.passagesWhere(is('id', passage));
    if (centre === undefined) return [];
    const range = { gte: centre.position - before, lte: centre.position + after };
    return (await this.passagesWhere(is('document', centre.document), { key: 'position', range })).map((payload) =>
      toPassage(payload, this.collection.name),
    );
  }

  async note(key: string): Promise<string | undefined> {
    const [payload] = await this.scroll({ must: [is('kind', 'note'), is('id', key)] });
    return payload === undefined ? undefined : NotePayload.parse(payload).text;
  }

  async setNote(key: string, text: string | undefined): Promise<void> {
    if (text === undefined) await this.remove({ must: [is('kind', 'note'), is('id', key)] });
    else
      await this.call((client) =>
        client.upsert(this.collection.remote, { wait: true, points: [notePoint(key, text)] }),
      );
  }

  private call<Result>(work: (client: QdrantClient) => Promise<Result>): Promise<Result> {
    return this.collection.connection.call(work, { collection: this.collection.name });
  }

  private async scroll(filter: Schemas['Filter']): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    let offset: Schemas['ScrollRequest']['offset'];
    do {
      const from = offset === undefined ? {} : { offset };
      const page = await this.call((client) =>
        client.scroll(this.collection.remote, {
          filter,
          limit: batchPoints,
          with_payload: true,
          with_vector: false,
          ...from,
        }),
      );
      found.push(...page.points.map(({ payload }) => payload));
      offset = page.next_page_offset;
    } while (offset !== undefined && offset !== null);
    return found;
  }

  private async passagesWhere(...conditions: readonly Schemas['Condition'][]): Promise<readonly PassagePayload[]> {
    const payloads = await this.scroll({ must: [is('kind', 'passage'), ...conditions] });
    return payloads.map((payload) => PassagePayload.parse(payload)).sort((a, b) => a.position - b.position);
  }

  private remove(filter: Schemas['Filter']): Promise<unknown> {
    return this.call((client) => client.delete(this.collection.remote, { wait: true, filter }));
  }
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
