import type { CollectionInfo, Passage, VectorQuery } from '@heddle/core';
import { z } from 'zod';
import type { CollectionRecord } from '../shared/payloads.js';
import type { Records, Where } from '../shared/records.js';
import { numberIn, textIn, textsIn, vectorIn, type Row } from './columns.js';
import { all, oneOf, passageWhere, quoted } from './conditions.js';
import { lengthOf, placeOf, type MilvusLocation, type Place } from './location.js';
import { joined } from './pieces.js';
import { keyOf, listRows, noteKey, readersValue, recordRow, rowsOf } from './rows.js';
import { searchMilvus } from './search-milvus.js';

/** Positions of a document that one query covers. */
const positionsAtOnce = 2_000;
/** Passages whose readers are changed in one request. */
const changedAtOnce = 500;
/** How often readers are written again while other programs write the document. */
const mostTries = 20;

/** The records of a collection: its passages in their own table, all others in the shared one. */
export class MilvusRecords implements Records {
  readonly name: string;
  readonly dimensions: number;
  private readonly location: MilvusLocation;

  constructor(location: MilvusLocation, dimensions: number) {
    this.location = location;
    this.name = location.name;
    this.dimensions = dimensions;
  }

  async info(): Promise<CollectionInfo> {
    return readInfo(await placeOf(this.location));
  }

  async write(records: readonly CollectionRecord[]): Promise<void> {
    if (records.length === 0) return;
    const place = await placeOf(this.location);
    const { before, passages, records: others } = rowsOf(records, place.tenant, lengthOf(this.dimensions));
    await this.location.records.upsert(before);
    await place.passages.upsert(passages, this.context);
    if (passages.length > 0) this.location.facts.delete(place.tenant);
    await this.location.records.upsert(others);
  }

  async read(where: Where): Promise<readonly unknown[]> {
    const place = await placeOf(this.location);
    const rows =
      where.kind === 'passage'
        ? await passagesIn(place, where, ['payload'])
        : await this.location.records.query(recordWhere(place, where), ['payload']);
    return rows.map(payloadIn);
  }

  async vectors(document: string): Promise<ReadonlyMap<string, Float32Array>> {
    const place = await placeOf(this.location);
    const rows = await passagesIn(place, { documents: [document] }, ['payload', 'vector']);
    return new Map(
      rows.map((row) => [
        z.object({ id: z.string() }).parse(payloadIn(row)).id,
        vectorIn(row, 'vector').slice(0, this.dimensions),
      ]),
    );
  }

  async count(where: Where): Promise<number> {
    const place = await placeOf(this.location);
    if (where.kind === 'passage') return place.passages.count(passageWhere(where), this.context);
    return this.location.records.count(recordWhere(place, where));
  }

  async remove(where: Where): Promise<void> {
    const place = await placeOf(this.location);
    const { kind, documents = [], notRevision } = where;
    if (kind !== undefined && kind !== 'passage') {
      await this.location.records.remove(recordWhere(place, where));
      return;
    }
    const marks = documents.map((document) => keyOf('revision', document));
    // A change of readers that runs at the same time reads these marks when it ends.
    if (notRevision === undefined) await this.location.records.remove(keysWhere(place, marks));
    else await this.mark(place, documents, { revision: notRevision, isDone: false });
    await place.passages.remove(passageWhere(where), this.context);
    this.location.facts.delete(place.tenant);
    if (notRevision !== undefined) await this.mark(place, documents, { revision: notRevision, isDone: true });
    else if (kind === undefined) await this.location.records.remove(keysWhere(place, keysOfDocuments(documents)));
  }

  async documents(after: string, limit: number): Promise<readonly unknown[]> {
    const place = await placeOf(this.location);
    const { tenant } = place;
    const found: Row[] = [];
    let last = after === '' ? `${tenant}:document:` : `${tenant}:${keyOf('document', after)}`;
    while (found.length < limit) {
      const first = Math.min(limit - found.length, 1_000);
      const where = `pk > ${quoted(last)} and pk < ${quoted(`${tenant}:document:z`)}`;
      const rows = [...(await this.location.records.query(where, ['pk', 'payload'], { first }))].sort((a, b) =>
        textIn(a, 'pk') < textIn(b, 'pk') ? -1 : 1,
      );
      found.push(...rows);
      const end = rows.at(-1);
      if (end === undefined || rows.length < first) break;
      last = textIn(end, 'pk');
    }
    return found.map(payloadIn);
  }

  /**
   * The server replaces whole entities, so the passages are read and written again. If the document is replaced or removed in the meantime,
   * this would bring the old passages back. The mark of the document's revision shows that, and the old passages are removed.
   */
  async setReaders(document: string, readers: readonly string[] | undefined): Promise<void> {
    const place = await placeOf(this.location);
    await this.location.records.upsert(listRows(place.tenant, readers));
    for (let tried = 1; tried <= mostTries; tried += 1) {
      const before = await this.markOf(place, document);
      if (before === undefined) return;
      const written = await this.writeReaders(place, { document, before, value: readersValue(readers) });
      const now = await this.markOf(place, document);
      if (now?.revision === before.revision && now.isDone === before.isDone) return;
      const gone = written.filter((row) => textIn(row, 'revision') !== now?.revision);
      await this.removePassages(place, gone);
    }
  }

  search(query: VectorQuery): Promise<readonly Passage[]> {
    return searchMilvus(this.location, query);
  }

  /** Writes the list into the passages of a document. Passages that another put is removing are removed here too. */
  private async writeReaders(
    place: Place,
    {
      document,
      before,
      value,
    }: { readonly document: string; readonly before: Mark; readonly value: readonly string[] },
  ): Promise<readonly Row[]> {
    const fields = [
      'pk',
      'document',
      'passage',
      'revision',
      'position',
      'fields',
      'words',
      'terms',
      'payload',
      'vector',
    ];
    const written: Row[] = [];
    for await (const rows of pagesOf(place, { documents: [document] }, fields)) {
      const isOld = (row: Row): boolean => !before.isDone && textIn(row, 'revision') !== before.revision;
      await this.removePassages(place, rows.filter(isOld));
      const kept = rows.filter((row) => !isOld(row));
      for (let start = 0; start < kept.length; start += changedAtOnce) {
        const some = kept.slice(start, start + changedAtOnce);
        await place.passages.upsert(
          some.map((row) => ({ ...row, readers: value })),
          this.context,
        );
        written.push(...some.map(({ pk = '', revision = '' }) => ({ pk, revision })));
      }
    }
    return written;
  }

  private async removePassages(place: Place, rows: readonly Row[]): Promise<void> {
    for (let start = 0; start < rows.length; start += changedAtOnce) {
      const keys = rows.slice(start, start + changedAtOnce).map((row) => textIn(row, 'pk'));
      await place.passages.remove(oneOf('pk', keys), this.context);
    }
  }

  private async mark(place: Place, documents: readonly string[], { revision, isDone }: Mark): Promise<void> {
    const rows = [...new Set(documents)].map((document) =>
      recordRow(place.tenant, {
        kind: 'revision',
        key: keyOf('revision', document),
        name: revision,
        number: isDone ? 1 : 0,
      }),
    );
    await this.location.records.upsert(rows);
  }

  private async markOf(place: Place, document: string): Promise<Mark | undefined> {
    const where = keysWhere(place, [keyOf('revision', document)]);
    const [row] = await this.location.records.query(where, ['name', 'number']);
    return row === undefined ? undefined : { revision: textIn(row, 'name'), isDone: numberIn(row, 'number') === 1 };
  }

  private get context(): { readonly collection: string } {
    return { collection: this.name };
  }
}

/** Which put last wrote a document, and whether it has already removed the earlier passages. */
interface Mark {
  readonly revision: string;
  readonly isDone: boolean;
}

/** The condition for records with these keys. */
const keysWhere = ({ tenant }: Place, keys: readonly string[]): string =>
  oneOf(
    'pk',
    keys.map((key) => `${tenant}:${key}`),
  );

const keysOfDocuments = (documents: readonly string[]): readonly string[] =>
  documents.flatMap((document) => [keyOf('document', document), keyOf('readers', document)]);

/** The condition for records other than passages. */
function recordWhere(place: Place, { kind, documents, id }: Where): string {
  if (kind === 'note' && id !== undefined) return keysWhere(place, [noteKey(id)]);
  if ((kind === 'document' || kind === 'readers') && documents !== undefined)
    return keysWhere(
      place,
      documents.map((document) => keyOf(kind, document)),
    );
  const ofKind = kind === undefined ? [] : [`kind == ${quoted(kind)}`];
  return all([`tenant == ${quoted(place.tenant)}`, ...ofKind]);
}

/** Reads passages in pages, because one answer holds a limited number. */
async function passagesIn(place: Place, where: Where, fields: readonly string[]): Promise<readonly Row[]> {
  const found: Row[] = [];
  for await (const rows of pagesOf(place, where, fields)) found.push(...rows);
  return found;
}

/** Positions have no gaps, so a page that is not full is the last one of a document. */
async function* pagesOf(place: Place, where: Where, fields: readonly string[]): AsyncGenerator<readonly Row[]> {
  const context = { collection: place.location.name };
  if (where.documents === undefined) {
    yield await place.passages.query(passageWhere(where), fields, context);
    return;
  }
  const [first, last] = where.positions ?? [0, Number.POSITIVE_INFINITY];
  for (let start = Math.max(0, first); start <= last; start += positionsAtOnce) {
    const end = Math.min(last, start + positionsAtOnce - 1);
    const within = passageWhere({ ...where, positions: [start, end] });
    const rows = await place.passages.query(within, [...new Set([...fields, 'position'])], context);
    yield rows;
    if (rows.every((row) => numberIn(row, 'position') < end)) return;
  }
}

const payloadIn = (row: Row): unknown => JSON.parse(joined(textsIn(row, 'payload'))) as unknown;

/** Reads the metadata of the collection, and counts its contents. */
export async function readInfo(place: Place): Promise<CollectionInfo> {
  const { location, tenant, passages, ...meta } = place;
  const context = { collection: location.name };
  const count = (kind: string): Promise<number> =>
    location.records.count(all([`tenant == ${quoted(tenant)}`, `kind == ${quoted(kind)}`]));
  const [documents, found, restricted, [updated]] = await Promise.all([
    ...[count('document'), passages.count(passageWhere({}), context), count('readers')],
    location.records.query(keysWhere(place, ['updated']), ['number']),
  ] as const);
  return {
    ...meta,
    name: location.name,
    store: 'milvus',
    documents,
    passages: found,
    updatedAt: updated === undefined ? meta.createdAt : numberIn(updated, 'number'),
    ...(restricted === 0 ? {} : { restricted }),
  };
}
