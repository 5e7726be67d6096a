import { randomUUID } from 'node:crypto';
import {
  normalReaders,
  readersAfter,
  sameReaders,
  type CollectionInfo,
  type DocumentInfo,
  type Passage,
  type PassagePosition,
  type SetReaders,
  type StoredDocument,
  type VectorCollection,
  type VectorQuery,
  type VisibleTo,
} from '@heddle/core';
import { checkDocuments, checkQuery, checkTitleWeight } from '../check-input.js';
import {
  documentRecord,
  NotePayload,
  noteRecord,
  PassagePayload,
  passageRecord,
  payloadReaders,
  readersOf,
  readersRecord,
  toDocumentInfo,
  toPassage,
  type CollectionRecord,
} from './payloads.js';
import type { Records } from './records.js';
import { visibleBySearch } from './visible-by-search.js';

/** Records in one write. */
const batchRecords = 256;

/**
 * A collection on a server without transactions. New passages are written first, then the remaining old ones are removed, and the
 * document's own record is written last. So readers see no gap, and after an interrupted ingest the old hash is still there and the
 * document is written again.
 */
export class RecordCollection implements VectorCollection {
  readonly name: string;
  private readonly records: Records;

  constructor(records: Records) {
    this.records = records;
    this.name = records.name;
  }

  info(): Promise<CollectionInfo> {
    return this.records.info();
  }

  async put(documents: readonly StoredDocument[]): Promise<void> {
    checkDocuments(this.name, this.records.dimensions, documents);
    for (const batch of batches(lastOfEach(documents))) {
      const revision = randomUUID();
      const ids = batch.map(({ document }) => document.id);
      const lists = await this.listsOf(ids);
      const wanted = await this.listsAfter(batch, lists);
      const passages = batch.flatMap((stored) => {
        const readers = wanted.get(stored.document.id);
        return stored.passages.map((passage, position) =>
          passageRecord(stored, passage, position, { revision, readers }),
        );
      });
      await this.write(passages);
      await this.records.remove({ kind: 'passage', documents: ids, notRevision: revision });
      // The new passages already have their list, and the old ones kept theirs until they were removed.
      for (const [document, list] of wanted)
        if (!sameReaders(list, lists.get(document))) await this.setList(document, list);
      await this.followLists(wanted);
      const now = Date.now();
      await this.write(batch.map((stored) => documentRecord(stored, now)));
    }
  }

  async setReaders(changes: readonly SetReaders[]): Promise<number> {
    const last = new Map(changes.map(({ document, readers }) => [document, readers]));
    const known = await this.storedAmong([...last.keys()]);
    for (const [document, readers] of last)
      if (known.has(document)) await this.setList(document, readers === null ? undefined : normalReaders(readers));
    return known.size;
  }

  /** The lists of readers that the documents have after a write. */
  private async listsAfter(
    batch: readonly StoredDocument[],
    lists: ReadonlyMap<string, readonly string[]>,
  ): Promise<ReadonlyMap<string, readonly string[] | undefined>> {
    const after = new Map<string, readonly string[] | undefined>();
    const isStored = await this.storedAmong(batch.map(({ document }) => document.id));
    for (const { document, readers } of batch) {
      const before = lists.get(document.id);
      // A list without a document comes from an interrupted write: it stays unless this write replaces it.
      const stored = isStored.has(document.id) || before !== undefined ? { readers: before } : undefined;
      after.set(document.id, readersAfter(stored, readers));
    }
    return after;
  }

  private async storedAmong(documents: readonly string[]): Promise<ReadonlySet<string>> {
    const known = new Set<string>();
    for (const some of slices(documents))
      for (const payload of await this.records.read({ kind: 'document', documents: some }))
        known.add(toDocumentInfo(payload, new Map()).id);
    return known;
  }

  /**
   * Writes the list to its own record first, then to the passages. A write that runs at the same time reads the record again when it ends.
   */
  private async setList(document: string, list: readonly string[] | undefined): Promise<void> {
    if (list === undefined) await this.records.remove({ kind: 'readers', documents: [document] });
    else await this.records.write([readersRecord(document, list)]);
    await this.setInPassages(document, list);
    await this.followLists(new Map([[document, list]]));
  }

  private setInPassages(document: string, list: readonly string[] | undefined): Promise<void> {
    return this.records.setReaders(document, list === undefined ? undefined : payloadReaders(list));
  }

  /** Lists can change while their documents are written, so the passages get the current list again. */
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
    const found: unknown[] = [];
    for (const some of slices(documents))
      found.push(...(await this.records.read({ kind: 'readers', documents: some })));
    return readersOf(found);
  }

  async delete(documentIds: readonly string[]): Promise<number> {
    let count = 0;
    for (const documents of slices([...new Set(documentIds)])) {
      count += await this.records.count({ kind: 'document', documents });
      await this.records.remove({ documents });
    }
    return count;
  }

  async documents({ after = '', limit = 1000 }: { readonly after?: string; readonly limit?: number } = {}): Promise<
    readonly DocumentInfo[]
  > {
    const payloads = await this.records.documents(after, limit);
    const ids = payloads.map((payload) => toDocumentInfo(payload, new Map()).id);
    const lists = await this.listsOf(ids);
    return payloads.map((payload) => toDocumentInfo(payload, lists));
  }

  async document(id: string): Promise<DocumentInfo | undefined> {
    const [payload] = await this.records.read({ kind: 'document', documents: [id] });
    return payload === undefined ? undefined : toDocumentInfo(payload, await this.listsOf([id]));
  }

  async passages(document: string): Promise<readonly Passage[]> {
    return this.inOrder(await this.records.read({ kind: 'passage', documents: [document] }));
  }

  vectors(document: string): Promise<ReadonlyMap<string, Float32Array>> {
    return this.records.vectors(document);
  }

  async search(query: VectorQuery): Promise<readonly Passage[]> {
    checkQuery(this.name, this.records.dimensions, query);
    if (query.titleWeight !== undefined) checkTitleWeight(this.name, (await this.info()).store, query);
    return this.records.search(query);
  }

  visible(positions: readonly PassagePosition[], to: VisibleTo): Promise<ReadonlySet<string>> {
    return visibleBySearch({ inner: this, dimensions: this.records.dimensions }, positions, to);
  }

  async neighbours(passage: string, before: number, after: number): Promise<readonly Passage[]> {
    const [found] = await this.records.read({ kind: 'passage', id: passage });
    if (found === undefined) return [];
    const { document, position } = PassagePayload.parse(found);
    const positions = [position - before, position + after] as const;
    return this.inOrder(await this.records.read({ kind: 'passage', documents: [document], positions }));
  }

  async note(key: string): Promise<string | undefined> {
    const [payload] = await this.records.read({ kind: 'note', id: key });
    return payload === undefined ? undefined : NotePayload.parse(payload).text;
  }

  async setNote(key: string, text: string | undefined): Promise<void> {
    if (text === undefined) await this.records.remove({ kind: 'note', id: key });
    else await this.records.write([noteRecord(key, text)]);
  }

  private inOrder(payloads: readonly unknown[]): readonly Passage[] {
    return payloads
      .map((payload) => PassagePayload.parse(payload))
      .sort((a, b) => a.position - b.position)
      .map((payload) => toPassage(payload, this.name));
  }

  private async write(records: readonly CollectionRecord[]): Promise<void> {
    for (const some of slices(records)) await this.records.write(some);
  }
}

/** If documents have the same id, the last one counts. */
const lastOfEach = (documents: readonly StoredDocument[]): readonly StoredDocument[] => [
  ...new Map(documents.map((stored) => [stored.document.id, stored])).values(),
];

function* batches(documents: readonly StoredDocument[]): Generator<readonly StoredDocument[]> {
  let batch: StoredDocument[] = [];
  let records = 0;
  for (const stored of documents) {
    if (batch.length > 0 && records + stored.passages.length + 1 > batchRecords) {
      yield batch;
      [batch, records] = [[], 0];
    }
    batch.push(stored);
    records += stored.passages.length + 1;
  }
  if (batch.length > 0) yield batch;
}

function* slices<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += batchRecords) yield items.slice(start, start + batchRecords);
}
