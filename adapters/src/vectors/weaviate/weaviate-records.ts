import { HeddleError, type CollectionInfo, type Passage, type VectorQuery } from '@heddle/core';
import { z } from 'zod';
import type { CollectionRecord } from '../shared/payloads.js';
import type { Records, Where } from '../shared/records.js';
import {
  documentsAfter,
  oneOf,
  passageConditions,
  readersValue,
  recordConditions,
  type Condition,
} from './conditions.js';
import { aggregate, getObjects, longestAnswer, placeOf, type Place, type WeaviateLocation } from './location.js';
import { FactsWriter } from './facts.js';
import { newMark, objectsOf, type StoredObject } from './objects.js';
import { searchWeaviate } from './search-weaviate.js';
import { faultOf } from './weaviate-error.js';

/** When a call ends, every replica has what it wrote. */
const onAllCopies = 'consistency_level=ALL';

/** Most characters in one request. */
const longestRequest = 8_000_000;
/** Positions of a document that one query covers; while a document is replaced, a position can have several passages. */
const positionsAtOnce = 2_000;
/** Objects that are changed at the same time. */
const changesAtOnce = 8;

const Written = z.array(
  z.object({
    result: z
      .object({
        status: z.string().optional(),
        errors: z.object({ error: z.array(z.object({ message: z.string().default('') })).nullish() }).nullish(),
      })
      .nullish(),
  }),
);

const Removed = z.object({
  results: z.object({
    matches: z.number().default(0),
    successful: z.number().default(0),
    failed: z.number().default(0),
  }),
});

const PayloadOf = z.object({ payload: z.string() });
const VectorOf = z.object({
  payload: z.string(),
  _additional: z.object({ vectors: z.object({ dense: z.array(z.number()) }) }),
});
const IdOf = z.object({ _additional: z.object({ id: z.string() }) });

/** The records of a collection: its passages in one class, all others in another. */
export class WeaviateRecords implements Records {
  readonly name: string;
  readonly dimensions: number;
  private readonly location: WeaviateLocation;
  private readonly facts: FactsWriter;

  constructor(location: WeaviateLocation, dimensions: number) {
    this.location = location;
    this.facts = new FactsWriter(location);
    this.name = location.name;
    this.dimensions = dimensions;
  }

  async info(): Promise<CollectionInfo> {
    return readInfo(await placeOf(this.location));
  }

  async write(records: readonly CollectionRecord[]): Promise<void> {
    if (records.length === 0) return;
    const place = await placeOf(this.location);
    const { objects, languages } = objectsOf(records, this.location.classes, place.tenant);
    await this.leaveFacts(place, languages);
    await this.writeObjects(place, objects);
  }

  async read(where: Where): Promise<readonly unknown[]> {
    const place = await placeOf(this.location);
    return (await this.found(place, where, 'payload')).map((row) => payloadOf(row));
  }

  async vectors(document: string): Promise<ReadonlyMap<string, Float32Array>> {
    const place = await placeOf(this.location);
    const found = await this.found(
      place,
      { kind: 'passage', documents: [document] },
      'payload _additional{vectors{dense}}',
    );
    return new Map(
      found.map((row) => {
        const { payload, _additional } = VectorOf.parse(row);
        return [
          z.object({ id: z.string() }).parse(JSON.parse(payload)).id,
          Float32Array.from(_additional.vectors.dense),
        ];
      }),
    );
  }

  async count(where: Where): Promise<number> {
    const place = await placeOf(this.location);
    const more = [`limit:${longestAnswer}`];
    const rows = partsOf(where).map((part) => getObjects(place, { ...part, more, fields: '_additional{id}' }));
    return (await Promise.all(rows)).reduce((sum, some) => sum + some.length, 0);
  }

  async remove(where: Where): Promise<void> {
    const place = await placeOf(this.location);
    await this.leaveFacts(place, []);
    for (const part of partsOf(where)) await this.removeObjects(place, part);
  }

  async documents(after: string, limit: number): Promise<readonly unknown[]> {
    const place = await placeOf(this.location);
    const found: unknown[] = [];
    for (let last = after; found.length < limit;) {
      const size = Math.min(limit - found.length, longestAnswer);
      const where = [...recordConditions({ kind: 'document' }), ...(last === '' ? [] : [documentsAfter(last)])];
      const more = ['sort:{path:["document"],order:asc}', `limit:${size}`];
      const page = (await getObjects(place, { class: 'records', where, more, fields: 'payload' })).map(payloadOf);
      found.push(...page);
      if (page.length < size) break;
      last = z.object({ document: z.string() }).parse(page.at(-1)).document;
    }
    return found;
  }

  /** Changes each passage separately. Passages removed in the meantime are left out. */
  async setReaders(document: string, readers: readonly string[] | undefined): Promise<void> {
    const place = await placeOf(this.location);
    await this.leaveFacts(place, []);
    const value = readersValue(readers);
    const ids = new Set(await this.idsOf(place, document));
    await this.changeAll(place, [...ids], { properties: { readers: value } });
    // If the server was killed while it wrote a list, the list can be missing from the index, and writing the same list again does not add
    // it.
    const inIndex = new Set(await this.idsOf(place, document, value));
    const hidden = (await this.idsOf(place, document)).filter((id) => ids.has(id) && !inIndex.has(id));
    await this.changeAll(place, hidden, { properties: { readers: value }, vectors: { mark: newMark() } });
  }

  async search(query: VectorQuery): Promise<readonly Passage[]> {
    return searchWeaviate(this.location, query);
  }

  /** Written before the passages: a search that finds a passage must know its language, and that it is new. */
  private async leaveFacts(place: Place, languages: readonly string[]): Promise<void> {
    const { objects, done } = this.facts.newFacts(place, languages);
    await this.writeObjects(place, objects);
    done();
  }

  /** The ids of a document's passages. With `readers`, only those that have the first and the last name of this list. */
  private async idsOf(place: Place, document: string, readers?: readonly string[]): Promise<readonly string[]> {
    const ends = readers === undefined ? [] : [...new Set([readers[0] ?? '', readers.at(-1) ?? ''])];
    const also = ends.map((name) => oneOf('readers', [name]));
    const rows = await this.found(place, { kind: 'passage', documents: [document] }, '_additional{id}', also);
    return rows.map((row) => IdOf.parse(row)._additional.id);
  }

  private async changeAll(place: Place, ids: readonly string[], change: Partial<StoredObject>): Promise<void> {
    const { connection, classes, name } = this.location;
    const next = ids.values();
    const work = async (): Promise<void> => {
      for (const id of next) {
        const path = `/v1/objects/${classes.passages}/${id}?${onAllCopies}`;
        const body = { class: classes.passages, tenant: place.tenant, id, ...change };
        await connection.send({ method: 'PATCH', path, body, collection: name }, true).catch(unlessGone);
      }
    };
    await Promise.all(Array.from({ length: changesAtOnce }, work));
  }

  /** Reads objects that meet conditions. The passages of a document are read by ranges of positions, because an answer has a limit. */
  private async found(
    place: Place,
    where: Where,
    fields: string,
    also: readonly Condition[] = [],
  ): Promise<readonly unknown[]> {
    const [part] = partsOf(where);
    if (part === undefined) return [];
    const more = [`limit:${longestAnswer}`];
    if (part.class === 'records' || where.id !== undefined) return getObjects(place, { ...part, more, fields });
    const rows: unknown[] = [];
    const last = await lastPosition(place, part.where);
    for (let first = Math.max(0, where.positions?.[0] ?? 0); first <= last; first += positionsAtOnce) {
      const positions = [first, Math.min(last, first + positionsAtOnce - 1)] as const;
      const within = [...passageConditions({ ...where, positions }), ...also];
      rows.push(...(await getObjects(place, { class: 'passages', where: within, more, fields })));
    }
    return rows;
  }

  /** One call removes a limited number, so it is repeated until nothing is left. */
  private async removeObjects({ tenant }: Place, part: Part): Promise<void> {
    const { connection, classes, name } = this.location;
    const where = part.where.length === 1 ? part.where[0] : { operator: 'And', operands: part.where };
    const body = { match: { class: classes[part.class], where }, output: 'minimal' };
    const path = `/v1/batch/objects?${onAllCopies}&tenant=${encodeURIComponent(tenant)}`;
    for (;;) {
      const answer = await connection.send({ method: 'DELETE', path, body, collection: name });
      const { matches, successful, failed } = Removed.parse(answer).results;
      if (matches <= successful) return;
      if (failed > 0 || successful === 0) throw this.lost(`${failed} of ${matches} records could not be removed`);
    }
  }

  private async writeObjects(place: Place, objects: readonly StoredObject[]): Promise<void> {
    await this.sendAll(objects);
    const hidden = await this.hiddenOf(
      place,
      objects.filter((object) => object.class === this.location.classes.records),
    );
    await this.sendAll(hidden.map((object) => ({ ...object, vectors: { mark: newMark() } })));
  }

  /** Objects that a query does not find by their conditions, because the server was killed when it first wrote them. */
  private async hiddenOf(place: Place, objects: readonly StoredObject[]): Promise<readonly StoredObject[]> {
    const hidden: StoredObject[] = [];
    for (const kind of new Set(objects.map(({ properties }) => String(properties['kind'])))) {
      const some = objects.filter(({ properties }) => properties['kind'] === kind);
      const named = (['document', 'note'] as const).flatMap((name) => {
        const values = some.flatMap(({ properties }) => (properties[name] as string | undefined) ?? []);
        return values.length === 0 ? [] : [oneOf(name, values)];
      });
      const where = [oneOf('kind', [kind]), ...named];
      const more = [`limit:${longestAnswer}`];
      const rows = await getObjects(place, { class: 'records', where, more, fields: '_additional{id}' });
      const found = new Set(rows.map((row) => IdOf.parse(row)._additional.id));
      hidden.push(...some.filter(({ id }) => !found.has(id)));
    }
    return hidden;
  }

  private async sendAll(objects: readonly StoredObject[]): Promise<void> {
    let some: StoredObject[] = [];
    let size = 0;
    for (const object of objects) {
      const length = JSON.stringify(object).length;
      if (some.length > 0 && size + length > longestRequest) {
        await this.sendObjects(some);
        [some, size] = [[], 0];
      }
      some.push(object);
      size += length;
    }
    if (some.length > 0) await this.sendObjects(some);
  }

  private async sendObjects(objects: readonly StoredObject[]): Promise<void> {
    const { connection, name } = this.location;
    const path = `/v1/batch/objects?${onAllCopies}`;
    const answer = await connection.send({ method: 'POST', path, body: { fields: ['id'], objects }, collection: name });
    for (const { result } of Written.parse(answer)) {
      const message = result?.errors?.error?.map((one) => one.message).join(': ');
      if (result?.status === 'FAILED' || message !== undefined) throw this.lost(message ?? 'a record was not written');
    }
  }

  private lost(message: string): HeddleError {
    return faultOf(500, message, { host: this.location.connection.host, collection: this.name });
  }
}

/** Ignores the server's error for an object that is removed while it is changed. */
function unlessGone(error: unknown): void {
  if (!(error instanceof HeddleError) || !/object not found/i.test(String(error.details?.['reason']))) throw error;
}

interface Part {
  readonly class: 'passages' | 'records';
  readonly where: readonly Condition[];
}

/** The classes that can hold such records, each with its conditions. */
function partsOf(where: Where): readonly Part[] {
  const passages: Part = { class: 'passages', where: passageConditions(where) };
  const records: Part = { class: 'records', where: recordConditions(where) };
  if (where.kind === undefined) return [passages, records];
  return [where.kind === 'passage' ? passages : records];
}

const payloadOf = (row: unknown): unknown => JSON.parse(PayloadOf.parse(row).payload) as unknown;

async function lastPosition(place: Place, where: readonly Condition[]): Promise<number> {
  const Position = z.object({ position: z.object({ maximum: z.number().nullish() }).nullish() });
  const found = await aggregate(place, { class: 'passages', where, fields: 'position{maximum}' });
  return Position.parse(found ?? {}).position?.maximum ?? -1;
}

const Figures = z.object({
  updatedAt: z.object({ count: z.number().nullish(), maximum: z.number().nullish() }).nullish(),
  passages: z.object({ sum: z.number().nullish() }).nullish(),
});

async function figuresOf(place: Place, kind: 'document' | 'readers'): Promise<z.infer<typeof Figures>> {
  const where = recordConditions({ kind });
  const found = await aggregate(place, { class: 'records', where, fields: 'updatedAt{count maximum} passages{sum}' });
  return Figures.parse(found ?? {});
}

/** Reads the stored metadata of the collection, and counts its contents. */
export async function readInfo(place: Place): Promise<CollectionInfo> {
  const { location, tenant: _tenant, ...meta } = place;
  const [documents, lists] = await Promise.all([figuresOf(place, 'document'), figuresOf(place, 'readers')]);
  const restricted = lists.updatedAt?.count ?? 0;
  return {
    ...meta,
    name: location.name,
    store: 'weaviate',
    documents: documents.updatedAt?.count ?? 0,
    passages: documents.passages?.sum ?? 0,
    updatedAt: documents.updatedAt?.maximum ?? meta.createdAt,
    ...(restricted === 0 ? {} : { restricted }),
  };
}
