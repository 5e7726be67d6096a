import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { vector } from '@electric-sql/pglite-pgvector';
import type { VectorStore } from '@heddle/core';
import { documentOf } from '@heddle/core/testing';
import { join } from 'node:path';
import { startPostgres, type InnerPostgres } from '../testing/inner-postgres.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { pets } from '../vectors/__fixtures__/pets.js';
import { createEmbeddedStore } from '../vectors/embedded/embedded-store.js';
import { createPgvectorStore } from '../vectors/pgvector/pgvector-store.js';
import { copyCollections, examineCollections } from './copy-collections.js';

describe('collections of a folder that is left', () => {
  const temporary = temporaryFolder();
  let postgres: InnerPostgres;
  let [from, to]: (VectorStore | undefined)[] = [];
  let files = 0;
  beforeAll(async () => {
    postgres = await startPostgres({ vector });
  }, 120_000);
  beforeEach(async () => {
    from = createEmbeddedStore({ file: join(temporary.folder, `collections-${(files += 1)}.db`) });
    to = createPgvectorStore({ url: postgres.url, connections: 1, schema: `vectors_${files}` });
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
  });
  afterAll(async () => {
    await postgres.close();
    temporary.remove();
  });
  const stores = (): [VectorStore, VectorStore] => [from!, to!];
  const noted: string[] = [];
  const note = (name: string): void => void noted.push(name);

  it('are found there as they were', async () => {
    const [here, there] = stores();
    const { collections, stops } = await examineCollections(here, there);
    expect(stops).toEqual([]);
    await copyCollections(here, there, collections, note);
    const [one, other] = [await here.open(pets.name), await there.open(pets.name)];
    expect((await there.list()).map(({ name }) => name)).toEqual([pets.name]);
    const query = { text: 'robin 7', mode: 'lexical' as const, k: 3, readers: ['user:bo'] };
    expect((await other.search(query)).map(({ id }) => id)).toEqual((await one.search(query)).map(({ id }) => id));
    expect((await other.document('d3'))?.readers).toEqual(['user:ada']);
    expect(await other.note('search')).toBe('{"mode":"hybrid"}');
    // A second time, there is nothing to copy.
    noted.length = 0;
    await copyCollections(here, there, (await examineCollections(here, there)).collections, note);
    expect(noted).toEqual([]);
  });

  it('begin again after a copy that was cut off, which nobody sees', async () => {
    const [here, there] = stores();
    const { collections } = await examineCollections(here, there);
    let isCut = false;
    const cut = (): void => {
      if (isCut) return;
      isCut = true;
      throw new Error('cut off');
    };
    await expect(copyCollections(here, there, collections, cut)).rejects.toThrow('cut off');
    expect((await there.list()).map(({ name }) => name).filter((name) => !name.includes('@'))).toEqual([]);
    await copyCollections(here, there, collections, cut);
    expect((await there.list()).map(({ name }) => name)).toEqual([pets.name]);
  });

  it('stop a move where they would be lost, or where others have their names', async () => {
    const [here, there] = stores();
    expect((await examineCollections(here, undefined)).stops).toEqual([
      { code: 'move_blocked', message: expect.stringContaining('--leave-collections') },
    ]);
    await there.create(pets);
    expect((await examineCollections(here, there)).stops).toEqual([
      { code: 'collection_exists', message: expect.stringContaining(pets.name) },
    ]);
  });

  it('stop a move where they have passage headers, which no store gives back', async () => {
    const [here, there] = stores();
    await here.create({ ...pets, name: 'headed', splitter: { ...pets.splitter, header: { model: 'm' } } });
    expect((await examineCollections(here, there)).stops).toEqual([
      { code: 'move_blocked', message: expect.stringContaining('heddle reindex start headed --store pgvector') },
    ]);
  });
});
