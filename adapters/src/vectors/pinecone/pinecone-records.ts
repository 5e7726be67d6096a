import { z } from 'zod';
import type { CollectionInfo, Passage, VectorQuery } from '@heddle/core';
import { PassagePayload, type CollectionRecord } from '../shared/payloads.js';
import type { Records, Where } from '../shared/records.js';
import { all, removedFilter, whereFilter } from './conditions.js';
import { placeIn, placeOf, type PineconeLocation, type Place, type Walk } from './location.js';
import type { Entry } from '../shared/names-chain.js';
import type { Condition } from './namespace.js';
import { readPayloads } from './read-payloads.js';
import { documentIn, documentRowId, readersValue, rowsOf, type Rows } from './rows.js';
import { searchPinecone } from './search-pinecone.js';

/** Documents in one request. */
const batchDocuments = 100;
/** Most partly read lists that are remembered. */
const mostWalks = 100;

/** The records of a collection in two namespaces of Pinecone: texts and terms in one, vectors in the other. */
export class PineconeRecords implements Records {
  readonly name: string;
  readonly dimensions: number;
  private readonly location: PineconeLocation;

  constructor(location: PineconeLocation, dimensions: number) {
    this.location = location;
    this.name = location.name;
    this.dimensions = dimensions;
  }

  async info(): Promise<CollectionInfo> {
    return readInfo(this.location, await this.location.names.find(this.name));
  }

  async write(records: readonly CollectionRecord[]): Promise<void> {
    if (records.length === 0) return;
    const rows = rowsOf(records);
    await this.changed(async ({ terms, vectors }) => {
      if (rows.vectors.length > 0) await vectors.upsert(rows.vectors);
      await terms.upsert(rows.terms);
      for (const filter of leftPieces(rows.terms)) await terms.remove(filter);
    });
  }

  async read(where: Where): Promise<readonly unknown[]> {
    return readWhere(await placeOf(this.location), where);
  }

  async vectors(document: string): Promise<ReadonlyMap<string, Float32Array>> {
    const { terms, vectors } = await placeOf(this.location);
    const filter = whereFilter({ kind: 'passage', documents: [document] });
    const [texts, found] = await Promise.all([terms.read(filter), vectors.read(filter)]);
    const payloads = await readPayloads(terms, texts);
    return new Map(
      found.flatMap(({ id, values }) => {
        const payload = payloads.get(id);
        return payload === undefined ? [] : [[PassagePayload.parse(payload).id, Float32Array.from(values ?? [])]];
      }),
    );
  }

  async count(where: Where): Promise<number> {
    return (await placeOf(this.location)).terms.count(all([whereFilter(where), { part: { $eq: 0 } }]));
  }

  remove(where: Where): Promise<void> {
    const filter = removedFilter(where);
    const hasVectors = where.kind === undefined || where.kind === 'passage';
    return this.changed(async ({ terms, vectors }) => {
      await Promise.all([terms.remove(filter), hasVectors ? vectors.remove(filter) : undefined]);
    });
  }

  async documents(after: string, limit: number): Promise<readonly unknown[]> {
    if (limit < 1) return [];
    const place = await placeOf(this.location);
    const ids = await this.idsAfter(place, after === '' ? '' : documentRowId(after), limit);
    const found = new Map<string, unknown>();
    for (let start = 0; start < ids.length; start += batchDocuments) {
      const some = ids.slice(start, start + batchDocuments);
      const filter = all([{ kind: { $eq: 'document' } }, { document: { $in: some.map(documentIn) } }]);
      const records = await place.terms.read(filter);
      for (const [id, payload] of await readPayloads(place.terms, records)) found.set(id, payload);
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  async setReaders(document: string, readers: readonly string[] | undefined): Promise<void> {
    const filter = all([whereFilter({ kind: 'passage', documents: [document] }), { part: { $eq: 0 } }]);
    const value = { readers: readersValue(document, readers) };
    const { terms, vectors } = await placeOf(this.location);
    await Promise.all([terms.update(filter, value), vectors.update(filter, value)]);
  }

  search(query: VectorQuery): Promise<readonly Passage[]> {
    return searchPinecone(this.location, query);
  }

  /** Changes records, and discards the cached word statistics. */
  private async changed(work: (place: Place) => Promise<void>): Promise<void> {
    const place = await placeOf(this.location);
    try {
      await work(place);
    } finally {
      this.location.facts.delete(place.entry.tenant);
    }
  }

  /**
   * The ids of document records, in order. Pinecone lists ids only from the first one, page by page with a token for the next page. The
   * rest of a page and the token are kept for the call that continues the list.
   */
  private async idsAfter({ entry, terms }: Place, after: string, limit: number): Promise<readonly string[]> {
    const { walks } = this.location;
    const key = `${entry.tenant} ${after}`;
    const kept = walks.get(key);
    walks.delete(key);
    const found: string[] = [];
    let walk: Walk = kept ?? (await terms.list('d', undefined).then(({ ids, next }) => ({ ids, next })));
    for (;;) {
      found.push(...walk.ids.filter((id) => id > after));
      if (found.length > limit || walk.next === undefined) break;
      walk = await terms.list('d', walk.next);
    }
    const last = found[limit - 1];
    if (last !== undefined) {
      if (walks.size >= mostWalks) walks.clear();
      walks.set(`${entry.tenant} ${last}`, { ids: found.slice(limit), next: walk.next });
    }
    return found.slice(0, limit);
  }
}

/**
 * The conditions for old pieces of records, and of long lists, that were written again. Pieces of passages are removed with their revision.
 */
function leftPieces(rows: Rows['terms']): readonly Condition[] {
  const written = new Map<string, Condition>();
  for (const { metadata } of rows) {
    const { kind, document = '', name = '', mark } = metadata;
    if (mark === '' || mark === undefined || kind === 'passage') continue;
    const own = [{ kind: { $eq: kind } }, { document: { $eq: document } }, { name: { $eq: name } }];
    const part = kind === 'list' ? [] : [{ part: { $gt: 0 } }];
    written.set(JSON.stringify([kind, document, name]), all([...own, ...part, { mark: { $ne: mark } }]));
  }
  return [...written.values()];
}

/** The contents of records. */
async function readWhere({ terms }: Place, where: Where): Promise<readonly unknown[]> {
  return [...(await readPayloads(terms, await terms.read(whereFilter(where)))).values()];
}

const Updated = z.object({ position: z.number() });

/** Reads the stored metadata of a collection, and counts its contents. */
export async function readInfo(location: PineconeLocation, entry: Entry): Promise<CollectionInfo> {
  const { terms } = await placeIn(location, entry);
  const count = (kind: string): Promise<number> => terms.count(all([{ kind: { $eq: kind } }, { part: { $eq: 0 } }]));
  const [documents, passages, restricted, updated] = await Promise.all([
    ...[count('document'), count('passage'), count('readers')],
    terms.read({ kind: { $eq: 'updated' } }),
  ] as const);
  const { tenant: _tenant, ...meta } = entry;
  const [newest] = updated.map(({ metadata }) => Updated.parse(metadata).position);
  return {
    ...meta,
    name: location.name,
    store: 'pinecone',
    documents,
    passages,
    updatedAt: newest ?? meta.createdAt,
    ...(restricted === 0 ? {} : { restricted }),
  };
}
