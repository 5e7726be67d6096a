import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { NamesChain, type NumberedTexts } from '../shared/names-chain.js';
import { textsIn, type Columns } from './columns.js';
import { oneOf } from './conditions.js';
import type { Connection } from './connection.js';
import { joined, piecesOf } from './pieces.js';
import { nothing } from './schema.js';
import { Table } from './table.js';

export type Names = NamesChain;

/**
 * The columns of an empty collection whose name holds the number of a version. The name of its only vector field holds the mark of the
 * version's text.
 */
const versionColumns = (mark: string): Columns => ({
  pk: { kind: 'text', longest: 64 },
  [`text_${mark}`]: { kind: 'vector', length: 2 },
});

const ShownCollections = z.object({ collection_names: z.array(z.string()).default([]) });

/** The names of all collections of the server's database. */
export const collectionNames = async (connection: Connection): Promise<readonly string[]> =>
  ShownCollections.parse(await connection.call('ShowCollections', {})).collection_names;

/**
 * The names of collections on Milvus. The server refuses to create a collection again with different fields. So each version is a
 * collection of the server, and a field of it names the record with the text of this version.
 */
export const namesOn = (connection: Connection, stem: string, records: Table): Names =>
  new NamesChain(new Versions(connection, stem, records));

class Versions implements NumberedTexts {
  readonly server: string;
  private readonly connection: Connection;
  private readonly stem: string;
  private readonly records: Table;
  /** The last text read, with its mark. */
  private last: { readonly mark: string; readonly text: string } | undefined;

  constructor(connection: Connection, stem: string, records: Table) {
    this.server = `Milvus at ${connection.host}`;
    this.connection = connection;
    this.stem = stem;
    this.records = records;
  }

  placeOf(number: number): string {
    return `What the collection '${this.stem}${number}' names`;
  }

  async list(): Promise<{ readonly numbers: readonly number[]; readonly newest: string | undefined }> {
    for (;;) {
      const numbers = (await collectionNames(this.connection)).flatMap((name) => {
        const number = name.startsWith(this.stem) ? Number(name.slice(this.stem.length)) : Number.NaN;
        return Number.isSafeInteger(number) && number > 0 ? [number] : [];
      });
      if (numbers.length === 0) return { numbers, newest: undefined };
      const newest = await this.textOf(Math.max(...numbers));
      // Another program has removed it in the meantime: there is a newer one.
      if (newest !== undefined) return { numbers, newest };
    }
  }

  async textOf(number: number): Promise<string | undefined> {
    const mark = await this.markOf(number);
    if (mark === undefined) return undefined;
    if (this.last?.mark === mark) return this.last.text;
    const [row] = await this.records.query(oneOf('pk', [keyOf(mark)]), ['payload']);
    if (row !== undefined) this.last = { mark, text: joined(textsIn(row, 'payload')) };
    // A program that removes a version removes its collection first, then its text.
    else if ((await this.markOf(number)) === undefined) return undefined;
    return row === undefined ? '' : this.last?.text;
  }

  async make(number: number, text: string): Promise<boolean> {
    const mark = randomBytes(9).toString('hex');
    const row = { pk: keyOf(mark), tenant: 'names', kind: 'names', name: mark, number, readers: [], nothing };
    await this.records.upsert([{ ...row, payload: piecesOf(text) }]);
    await this.version(number, mark).make([], false);
    if ((await this.markOf(number)) === mark) return true;
    await this.records.remove(oneOf('pk', [keyOf(mark)]));
    return false;
  }

  async drop(number: number): Promise<void> {
    const mark = await this.markOf(number);
    await this.version(number, mark ?? '').drop();
    if (mark !== undefined) await this.records.remove(oneOf('pk', [keyOf(mark)]));
  }

  private async markOf(number: number): Promise<string | undefined> {
    const fields = await this.version(number, '').fieldNames();
    return fields?.find((name) => name.startsWith('text_'))?.slice('text_'.length);
  }

  private version(number: number, mark: string): Table {
    return new Table(this.connection, `${this.stem}${number}`, versionColumns(mark));
  }
}

const keyOf = (mark: string): string => `names:${mark}`;
