import { randomUUID } from 'node:crypto';
import type { QdrantClient, Schemas } from '@qdrant/js-client-rest';
import {
  normalReaders,
  readersAfter,
  sameReaders,
  type CollectionInfo,
  type DocumentInfo,
  type Passage,
  type SetReaders,
  type StoredDocument,
  type VectorCollection,
  type VectorQuery,
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
  payloadReaders,
  readersOf,
  readersPoint,
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
  private hasReadersIndex = false;

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
      const lists = await this.listsOf(batch.map(({ document }) => document.id));
      const wanted = await this.listsAfter(batch, lists);
      const points = batch.flatMap((stored) => {
        const readers = wanted.get(stored.document.id);
        return stored.passages.map((passage, position) =>
          passagePoint(stored, passage, position, { revision, readers }),
        );
      });
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
      // The new passages have their list already, and the old ones had theirs until they went.
      for (const [document, list] of wanted)
        if (!sameReaders(list, lists.get(document))) await this.setList(document, list);
      await this.followLists(wanted);
      const now = Date.now();
      await this.call((client) =>
        client.upsert(this.collection.remote, {
          wait: true,
          points: batch.map((stored) => documentPoint(stored, now)),
        }),
      );
    }
  }

  async setReaders(changes: readonly SetReaders[]): Promise<number> {
    const last = new Map(changes.map(({ document, readers }) => [document, readers]));
    const known = new Set<string>();
    for (const ids of slices([...last.keys()]))
      for (const payload of await this.scroll({ must: [is('kind', 'document'), isAnyOf('document', ids)] }))
        known.add(toDocumentInfo(payload, new Map()).id);
    for (const [document, readers] of last)
      if (known.has(document)) await this.setList(document, readers === null ? undefined : normalReaders(readers));
    return known.size;
  }

  /** The lists of documents after a write. */
  private async listsAfter(
    batch: readonly StoredDocument[],
    lists: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, readonly string[] | undefined>> {
    const after = new Map<string, readonly string[] | undefined>();
    const isStored = new Set(
      (
        await this.scroll({
          must: [
            is('kind', 'document'),
            isAnyOf(
              'document',
              batch.map(({ document }) => document.id),
            ),
          ],
        })
      ).map((payload) => toDocumentInfo(payload, lists).id),
    );
    for (const { document, readers } of batch) {
      const before = lists.get(document.id);
      // A list without a document is of a write that was cut off: it stays, unless this write says otherwise.
      const stored = isStored.has(document.id) || before !== undefined ? { readers: before } : undefined;
      after.set(document.id, readersAfter(stored, readers));
    }
    return after;
  }

  /** The list in its own point first, then in the passages: another write that ends in between reads the point again. */
  private async setList(document: string, list: readonly string[] | undefined): Promise<void> {
    const { remote } = this.collection;
    await this.prepareReaders();
    if (list === undefined) await this.remove({ must: [is('kind', 'readers'), is('document', document)] });
    else await this.call((client) => client.upsert(remote, { wait: true, points: [readersPoint(document, list)] }));
    await this.setInPassages(document, list);
    await this.followLists(new Map([[document, list]]));
  }

  private async setInPassages(document: string, list: readonly string[] | undefined): Promise<void> {
    const { remote } = this.collection;
    const filter = { must: [is('kind', 'passage'), is('document', document)] };
    await this.call((client) =>
      list === undefined
        ? client.deletePayload(remote, { wait: true, keys: ['readers'], filter })
        : client.setPayload(remote, { wait: true, payload: { readers: payloadReaders(list) }, filter }),
    );
  }

  /** Lists can have changed while their documents were written: what is written gets the list that stands now. */
  private async followLists(written: ReadonlyMap<string, readonly string[] | undefined>): Promise<void> {
    for (let open = written; open.size > 0;) {
      const now = await this.listsOf([...open.keys()]);
      const changed = new Map<string, readonly string[] | undefined>();
      for (const [document, list] of open)
        if (!sameReaders(list, now.get(document))) changed.set(document, now.get(document));
      for (const [document, list] of changed) await this.setInPassages(document, list);
      open = changed;
    }
  }

  private async listsOf(documents: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    return readersOf(await this.scroll({ must: [is('kind', 'readers'), isAnyOf('document', documents)] }));
  }

  /** Collections of an earlier Heddle have no index of readers. */
  private async prepareReaders(): Promise<void> {
    if (this.hasReadersIndex) return;
    await this.call((client) =>
      client.createPayloadIndex(this.collection.remote, { wait: true, field_name: 'readers', field_schema: 'keyword' }),
    );
    this.hasReadersIndex = true;
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
    const lists = readersOf(await this.scroll({ must: [is('kind', 'readers')] }));
    const all = (await this.scroll({ must: [is('kind', 'document')] })).map((payload) =>
      toDocumentInfo(payload, lists),
    );
    return all
      .filter(({ id }) => id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }

  async document(id: string): Promise<DocumentInfo | undefined> {
    const [payload] = await this.scroll({ must: [is('kind', 'document'), is('document', id)] });
    return payload === undefined ? undefined : toDocumentInfo(payload, await this.listsOf([id]));
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
