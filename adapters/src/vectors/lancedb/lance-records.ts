import { z } from 'zod';
import { withoutUndefined, type CollectionInfo, type Passage, type VectorQuery } from '@heddle/core';
import type { CollectionRecord } from '../shared/payloads.js';
import type { Records, Where } from '../shared/records.js';
import { whereSql } from './conditions.js';
import { digest, hex, rowsOf, schemaOf } from './row.js';
import { searchLance } from './search-lance.js';
import type { Tables } from './tables.js';

const Payload = z.object({ payload: z.string() });
const VectorRow = Payload.extend({ vector: z.custom<Iterable<number>>() });

/** The records of a collection in one table of LanceDB. */
export class LanceRecords implements Records {
  readonly name: string;
  readonly dimensions: number;
  private readonly tables: Tables;

  constructor(tables: Tables, name: string, dimensions: number) {
    this.tables = tables;
    this.name = name;
    this.dimensions = dimensions;
  }

  info(): Promise<CollectionInfo> {
    return this.tables.read(this.name, async (table, { tableId: _tableId, languages: _languages, ...meta }) => {
      const [documents, passages, restricted] = await Promise.all(
        (['document', 'passage', 'readers'] as const).map((kind) => table.countRows(whereSql({ kind }))),
      );
      return {
        ...meta,
        store: 'lancedb' as const,
        documents: documents ?? 0,
        passages: passages ?? 0,
        ...(restricted === undefined || restricted === 0 ? {} : { restricted }),
      };
    });
  }

  async write(records: readonly CollectionRecord[]): Promise<void> {
    if (records.length === 0) return;
    const { rows, languages } = rowsOf(records);
    const times = records.flatMap(({ payload }) => (payload.kind === 'document' ? [payload.updatedAt] : []));
    const updatedAt = times.length === 0 ? undefined : Math.max(...times);
    await this.tables.write(this.name, async (table, { library, names }, entry) => {
      const added = languages.filter((code) => !entry.languages.includes(code));
      names.touch(entry, { ...withoutUndefined({ updatedAt }), languages: added });
      const data = library.lance.makeArrowTable(
        rows.map((row) => ({ ...row })),
        { schema: schemaOf(library, this.dimensions) },
      );
      await table.mergeInsert('key').whenMatchedUpdateAll().whenNotMatchedInsertAll().execute(data);
    });
  }

  read(where: Where): Promise<readonly unknown[]> {
    return this.tables.read(this.name, async (table) =>
      payloadsOf(await table.query().where(whereSql(where)).select(['payload']).toArray()),
    );
  }

  vectors(document: string): Promise<ReadonlyMap<string, Float32Array>> {
    return this.tables.read(this.name, async (table) => {
      const where = whereSql({ kind: 'passage', documents: [document] });
      const found: unknown[] = await table.query().where(where).select(['payload', 'vector']).toArray();
      return new Map(
        found.map((row) => {
          const { payload, vector } = VectorRow.parse(row);
          return [z.object({ id: z.string() }).parse(JSON.parse(payload)).id, Float32Array.from(vector)];
        }),
      );
    });
  }

  count(where: Where): Promise<number> {
    return this.tables.read(this.name, (table) => table.countRows(whereSql(where)));
  }

  remove(where: Where): Promise<void> {
    return this.tables.write(this.name, (table) => table.delete(whereSql(where)));
  }

  documents(after: string, limit: number): Promise<readonly unknown[]> {
    if (limit < 1) return Promise.resolve([]);
    const where = `${whereSql({ kind: 'document' })}${after === '' ? '' : ` AND document > '${hex(after)}'`}`;
    return this.tables.read(this.name, async (table) => {
      const query = table.query().where(where).select(['document', 'payload']);
      return payloadsOf(await query.orderBy({ columnName: 'document', ascending: true }).limit(limit).toArray());
    });
  }

  setReaders(document: string, readers: readonly string[] | undefined): Promise<void> {
    const where = whereSql({ kind: 'passage', documents: [document] });
    const names =
      readers === undefined ? 'NULL' : `make_array(${readers.map((name) => `'${digest(name)}'`).join(',')})`;
    return this.tables.write(this.name, async (table) => {
      // Without rows there is nothing to change, and an update would still create a version.
      if ((await table.countRows(where)) > 0) await table.update({ where, valuesSql: { readers: names } });
    });
  }

  search(query: VectorQuery): Promise<readonly Passage[]> {
    return searchLance(this.tables, this.name, query);
  }
}

const payloadsOf = (rows: readonly unknown[]): readonly unknown[] =>
  rows.map((row) => JSON.parse(Payload.parse(row).payload) as unknown);
