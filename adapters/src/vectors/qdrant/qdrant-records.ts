import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import { z } from 'zod';
import type { CollectionInfo, Passage, VectorQuery } from '@heddle/core';
import { DocumentPayload, PassagePayload, type CollectionRecord } from '../shared/payloads.js';
import type { Records, Where } from '../shared/records.js';
import { readCollectionInfo } from './collection-info.js';
import type { CollectionLocation } from './collection-location.js';
import { pointOf, vectorNames } from './points.js';
import { searchQdrant } from './search-qdrant.js';

const VectorsOfPoint = z.object({ dense: z.array(z.number()).transform((values) => Float32Array.from(values)) });

/** Points that one request reads. */
const batchPoints = 256;

/** The records of a collection as points of Qdrant. */
export class QdrantRecords implements Records {
  readonly name: string;
  readonly dimensions: number;
  private readonly collection: CollectionLocation;
  private hasReadersIndex = false;

  constructor(collection: CollectionLocation) {
    this.collection = collection;
    this.name = collection.name;
    this.dimensions = collection.dimensions;
  }

  info(): Promise<CollectionInfo> {
    return readCollectionInfo(this.collection.connection, this.name, this.collection.remote);
  }

  async write(records: readonly CollectionRecord[]): Promise<void> {
    const points = records.map(pointOf);
    await this.call((client) => client.upsert(this.collection.remote, { wait: true, points }));
  }

  read(where: Where): Promise<readonly unknown[]> {
    return this.scroll(filterOf(where));
  }

  async vectors(document: string): Promise<ReadonlyMap<string, Float32Array>> {
    const points = await this.points(filterOf({ kind: 'passage', documents: [document] }), [vectorNames.dense]);
    return new Map(
      points.map(({ payload, vector }) => [PassagePayload.parse(payload).id, VectorsOfPoint.parse(vector).dense]),
    );
  }

  async count(where: Where): Promise<number> {
    const filter = filterOf(where);
    return (await this.call((client) => client.count(this.collection.remote, { exact: true, filter }))).count;
  }

  async remove(where: Where): Promise<void> {
    const filter = filterOf(where);
    await this.call((client) => client.delete(this.collection.remote, { wait: true, filter }));
  }

  async documents(after: string, limit: number): Promise<readonly unknown[]> {
    // The server cannot sort by text, so all documents are read and sorted here.
    const all = (await this.scroll(filterOf({ kind: 'document' }))).map((payload) => DocumentPayload.parse(payload));
    return all
      .filter(({ document }) => document > after)
      .sort((a, b) => (a.document < b.document ? -1 : 1))
      .slice(0, limit);
  }

  async setReaders(document: string, readers: readonly string[] | undefined): Promise<void> {
    const { remote } = this.collection;
    await this.prepareReaders();
    const filter = filterOf({ kind: 'passage', documents: [document] });
    await this.call((client) =>
      readers === undefined
        ? client.deletePayload(remote, { wait: true, keys: ['readers'], filter })
        : client.setPayload(remote, { wait: true, payload: { readers }, filter }),
    );
  }

  search(query: VectorQuery): Promise<readonly Passage[]> {
    return searchQdrant(this.collection, query);
  }

  /** Creates the index of readers, which collections of an earlier Heddle lack. */
  private async prepareReaders(): Promise<void> {
    if (this.hasReadersIndex) return;
    await this.call((client) =>
      client.createPayloadIndex(this.collection.remote, { wait: true, field_name: 'readers', field_schema: 'keyword' }),
    );
    this.hasReadersIndex = true;
  }

  private call<Result>(work: (client: QdrantClient) => Promise<Result>): Promise<Result> {
    return this.collection.connection.call(work, { collection: this.name });
  }

  private async scroll(filter: Schemas['Filter']): Promise<readonly unknown[]> {
    return (await this.points(filter, false)).map(({ payload }) => payload);
  }

  private async points(
    filter: Schemas['Filter'],
    with_vector: false | string[],
  ): Promise<readonly Schemas['Record'][]> {
    const found: Schemas['Record'][] = [];
    let offset: Schemas['ScrollRequest']['offset'];
    do {
      const from = offset === undefined ? {} : { offset };
      const page = await this.call((client) =>
        client.scroll(this.collection.remote, {
          filter,
          limit: batchPoints,
          with_payload: true,
          with_vector,
          ...from,
        }),
      );
      found.push(...page.points);
      offset = page.next_page_offset;
    } while (offset !== undefined && offset !== null);
    return found;
  }
}

function filterOf({ kind, documents, id, notRevision, positions }: Where): Schemas['Filter'] {
  const is = (key: string, value: string): Schemas['Condition'] => ({ key, match: { value } });
  return {
    must: [
      ...(kind === undefined ? [] : [is('kind', kind)]),
      ...(documents === undefined ? [] : [{ key: 'document', match: { any: [...documents] } }]),
      ...(id === undefined ? [] : [is('id', id)]),
      ...(positions === undefined ? [] : [{ key: 'position', range: { gte: positions[0], lte: positions[1] } }]),
    ],
    must_not: notRevision === undefined ? [] : [is('revision', notRevision)],
  };
}
