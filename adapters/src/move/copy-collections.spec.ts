import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { vector } from '@electric-sql/pglite-pgvector';
import type { Tables, VectorStore } from '@heddle/core';
import { documentOf } from '@heddle/core/testing';
import { createHash } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createPassageHeaders } from '../stores/collections/passage-headers.js';
import { newDatabase } from '../testing/new-database.js';
import { startPostgres, type InnerPostgres } from '../testing/inner-postgres.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { pets } from '../vectors/__fixtures__/pets.js';
import { createEmbeddedStore, type EmbeddedStore } from '../vectors/embedded/embedded-store.js';
import { createPgvectorStore } from '../vectors/pgvector/pgvector-store.js';
import { copyCollections, examineCollections } from './copy-collections.js';

describe('collections of the folder from which a move starts', () => {
  const temporary = temporaryFolder();
  let postgres: InnerPostgres;
  let from: EmbeddedStore | undefined = undefined;
  let to: VectorStore | undefined = undefined;
  let files = 0;
  let database: HeddleDatabase | undefined;
  const tables = (): Tables => sqliteTables(database!);
  beforeAll(async () => {
    postgres = await startPostgres({ vector });
  }, 120_000);
  beforeEach(async () => {
    from = createEmbeddedStore({ file: join(temporary.folder, `collections-${(files += 1)}.db`) });
    to = createPgvectorStore({ url: postgres.url, connections: 1, schema: `vectors_${files}` });
    database = openDatabase(newDatabase(mkdtempSync(join(temporary.folder, 'data-'))));
    const collection = await from.create(pets);
    await collection.put(
      Array.from({ length: 40 }, (_, at) =>
        documentOf(`d${at}`, {
          title: `Page ${at}`,
          metadata: { number: at, note: 'a\u0000b' },
          passages: [
            { id: `p${at}`, text: `robin ${at}` },
            { id: `q${at}`, text: `eagle\u0000${at}` },
          ],
        }),
      ),
    );
    await collection.setReaders([{ document: 'd3', readers: ['user:ada'] }]);
    await collection.setNote('search', '{"mode":"hybrid"}');
  });
  afterEach(async () => {
    await from?.close();
    await to?.close();
    database?.close();
  });
  afterAll(async () => {
    await postgres.close();
    temporary.remove();
  });
  const stores = (): [EmbeddedStore, VectorStore] => [from!, to!];
  const copy = async (onCopied = note): Promise<void> =>
    copyCollections(from!, to!, { ...(await examineCollections(from!, to, tables())), tables: tables() }, onCopied);
  const noted: string[] = [];
  const note = (name: string): void => void noted.push(name);

  it('are available there unchanged', async () => {
    const [here, there] = stores();
    expect((await examineCollections(here, there, tables())).stops).toEqual([]);
    await copy();
    const one = await here.open(pets.name);
    const other = await there.open(pets.name);
    expect((await there.list()).map(({ name }) => name)).toEqual([pets.name]);
    const query = { text: 'robin 7', mode: 'lexical' as const, k: 3, readers: ['user:bo'] };
    expect((await other.search(query)).map(({ id }) => id)).toEqual((await one.search(query)).map(({ id }) => id));
    expect((await other.document('d3'))?.readers).toEqual(['user:ada']);
    expect(await other.note('search')).toBe('{"mode":"hybrid"}');
    // A second copy has nothing to do.
    noted.length = 0;
    await copy();
    expect(noted).toEqual([]);
  });

  it('are copied again after an interrupted copy, which stays invisible', async () => {
    const [, there] = stores();
    let isCut = false;
    const cut = (): void => {
      if (isCut) return;
      isCut = true;
      throw new Error('cut off');
    };
    await expect(copy(cut)).rejects.toThrow('cut off');
    expect((await there.list()).map(({ name }) => name).filter((name) => !name.includes('@'))).toEqual([]);
    await copy(cut);
    expect((await there.list()).map(({ name }) => name)).toEqual([pets.name]);
  });

  it('stop a move when they would be lost, or when others have their names', async () => {
    const [here, there] = stores();
    expect((await examineCollections(here, undefined, tables())).stops).toEqual([
      { code: 'move_blocked', message: expect.stringContaining('--leave-collections') },
    ]);
    await there.create(pets);
    expect((await examineCollections(here, there, tables())).stops).toEqual([
      { code: 'collection_exists', message: expect.stringContaining(pets.name) },
    ]);
  });

  describe('with passage headers', () => {
    const headed = { ...pets, name: 'headed', splitter: { ...pets.splitter, header: { model: 'm' } } };
    const german = 'Die Garantie gilt für zwei Jahre, und der Preis ist nicht der von der Liste';
    const write = async (headers: readonly (string | undefined)[]): Promise<void> => {
      const passages = headers.map((header, at) => ({
        id: `h${at}`,
        text: `${german} ${at}`,
        context: 'Notes',
        ...(header === undefined ? {} : { header }),
      }));
      await (await from!.create(headed)).put([documentOf('notes', { title: 'Notes', passages })]);
    };
    const keep = (texts: readonly string[]): Promise<void> => {
      const keys = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text] as const);
      return createPassageHeaders(tables()).keep('headed', { id: 'notes', hash: 'x' }, new Map(keys));
    };
    const found = async (store: VectorStore, text: string): Promise<readonly string[]> =>
      (await (await store.open('headed')).search({ text, mode: 'lexical', k: 10 })).map(({ id }) => id);

    it('are found by the text of the headers, and not embedded again', async () => {
      const headers = [
        'Zebras of the Häuser, the Häuser and more.',
        'About 東京 giraffes',
        undefined,
        'About 東京 giraffes',
      ];
      await write(headers);
      await keep([headers[0]!, headers[1]!, 'Of zebras that no passage has']);
      expect((await examineCollections(from!, to, tables())).stops).toEqual([]);
      await copy();
      for (const text of ['zebras', 'haus', 'giraffes', 'garantie'])
        expect([text, await found(to!, text)]).toEqual([text, await found(from!, text)]);
      expect(await found(to!, 'giraffes')).toEqual(expect.arrayContaining(['h1', 'h3']));
      const one = await from!.open('headed');
      const other = await to!.open('headed');
      expect((await other.info()).splitter).toEqual((await one.info()).splitter);
      expect([...(await other.vectors('notes')).keys()]).toEqual(['h0', 'h1', 'h2', 'h3']);
      expect(JSON.stringify(await other.passages('notes'))).not.toContain('giraffes');
    });

    it('stop the move when the headers are no longer stored', async () => {
      await write(['Of zebras', 'Of giraffes', undefined]);
      await keep(['Of zebras']);
      expect((await examineCollections(from!, to, tables())).stops).toEqual([
        {
          code: 'move_blocked',
          message: expect.stringMatching(/ 1 passages .*heddle reindex start headed --store pgvector/),
        },
      ]);
    });
  });
});
