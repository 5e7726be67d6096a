import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { type StoredDocument, type VectorStore } from '@heddle/core';
import { documentOf } from '@heddle/core/testing';
import { storageErrorOf } from '../../database/storage-error.js';
import { pets } from '../__fixtures__/pets.js';
import { createEmbeddedStore } from './embedded-store.js';

const bulky = (id: string, passages: number): StoredDocument =>
  documentOf(id, {
    passages: Array.from({ length: passages }, (_, index) => ({ text: `${id} part${index} `.repeat(200) })),
  });
const ids = async (store: VectorStore, text: string) =>
  (await (await store.open('pets')).search({ mode: 'lexical', text, k: 5 })).map(({ document }) => document);

describe('embedded store and its file', () => {
  let folder: string;
  let file: string;
  const opened: VectorStore[] = [];
  const open = (options: { maxBytes?: number; kernelBytes?: number } = {}): VectorStore => {
    const store = createEmbeddedStore({ file, ...options });
    opened.push(store);
    return store;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-vectors-'));
    file = join(folder, 'deep', 'collections.db');
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(async (store) => store.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts nothing and makes no file before the first call', async () => {
    const store = open();

    expect(() => statSync(file)).toThrow();
    await store.close();
    await expect(store.list()).rejects.toMatchObject({ code: 'shutting_down' });
    expect(() => statSync(file)).toThrow();
  });

  it('refuses what exceeds the limit of a search, keeps the rest, and has space again after a deletion', async () => {
    const many = (id: string, passages: number): StoredDocument =>
      documentOf(id, { passages: Array.from({ length: passages }, () => ({ text: id })) });
    const most = 4096;
    const store = open({ kernelBytes: 300_000 });
    const collection = await store.create(pets);
    await collection.put([many('first', most - 1), many('second', 1)]);
    await expect(collection.put([many('third', 1)])).rejects.toMatchObject({
      code: 'collection_full',
      message: expect.stringMatching(/'pets' would have 4097 passages, .* at most 4096 with vectors of \d+ numbers/),
    });
    // Nothing of a refused batch is kept, and a replaced document frees its space.
    await expect(collection.put([many('second', 1), many('first', most)])).rejects.toThrow();
    await collection.put([many('second', 1)]);
    expect(await ids(store, 'third')).toEqual([]);
    expect(await ids(store, 'second')).toEqual(['second']);
    await collection.delete(['second']);
    await collection.put([many('third', 1)]);
    expect(await ids(store, 'third')).toEqual(['third']);
    expect(await store.list()).toMatchObject([{ documents: 2, passages: most }]);
    await store.close();

    const beyond = open();
    await (await beyond.open('pets')).put([many('fourth', most)]);
    await beyond.close();
    const vector = new Float32Array(pets.dimensions).fill(1);
    const narrow = await open({ kernelBytes: 300_000 }).open('pets');
    await expect(narrow.search({ mode: 'dense', vector, k: 1 })).rejects.toMatchObject({ code: 'collection_full' });
    await narrow.delete(['fourth']);
    expect(await narrow.search({ mode: 'dense', vector, k: 1 })).toHaveLength(1);
  });

  it('migrates a file of the layout before readers without touching vectors, and an older Heddle then refuses it', async () => {
    const before = open();
    const made = await before.create(pets);
    await made.put([
      documentOf('a', { passages: [{ text: 'robin' }] }),
      documentOf('b', { passages: [{ text: 'robin' }] }),
    ]);
    await before.close();
    const old = new Database(file);
    const vectors = (database: Database.Database): unknown =>
      database.prepare('SELECT * FROM exact_1 ORDER BY slot').all();
    old.exec(`DROP TABLE readers_1; DROP INDEX documents_1_restricted; ALTER TABLE documents_1 DROP COLUMN readers;
      ALTER TABLE collections DROP COLUMN restricted; PRAGMA user_version = 1;`);
    const written = vectors(old);
    old.close();

    const store = open();
    const second = open();
    const [collection, again] = await Promise.all([store.open('pets'), second.open('pets')]);
    expect(await collection.setReaders([{ document: 'a', readers: ['user:ada'] }])).toBe(1);
    const search = { mode: 'lexical', text: 'robin', k: 5 } as const;
    expect((await again.search({ ...search, readers: [] })).map(({ document }) => document)).toEqual(['b']);
    expect(await again.search({ ...search, readers: ['user:ada'] })).toHaveLength(2);
    await Promise.all([store.close(), second.close()]);
    const now = new Database(file, { readonly: true });
    expect([vectors(now), now.pragma('user_version', { simple: true })]).toEqual([written, 2]);
    now.close();
  });

  it('adds the tables to a file from before title weights; its passages keep their weight until they are stored again', async () => {
    const about = (id: string): StoredDocument =>
      documentOf(id, { passages: [{ text: 'A small bird.', context: 'Robin' }] });
    const before = open();
    await (await before.create(pets)).put([about('old'), documentOf('b', { passages: [{ text: 'robin' }] })]);
    await before.close();
    const old = new Database(file);
    old.exec('DROP TRIGGER titles_1_gone; DROP TABLE titles_1');
    old.close();

    const store = open();
    const second = open();
    const [collection] = await Promise.all([store.open('pets'), second.open('pets')]);
    const found = async (titleWeight: number) =>
      (await collection.search({ mode: 'lexical', text: 'robin', k: 5, titleWeight })).map(({ document }) => document);
    expect((await found(0)).toSorted()).toEqual(['b', 'old']);
    await collection.put([about('old'), about('new')]);
    expect(await found(0)).toEqual(['b']);
    await store.close();
    await second.close();
    // An older Heddle deletes only from the tables that it knows.
    const deleted = new Database(file);
    deleted.exec('DELETE FROM bags_1');
    expect(deleted.prepare('SELECT count(*) FROM titles_1').pluck().get()).toBe(0);
    deleted.close();
  });

  it('reports that it is full, keeps its content, and continues once there is space', async () => {
    const store = open({ maxBytes: 400_000 });
    const collection = await store.create(pets);
    await collection.put([documentOf('first', { passages: [{ text: 'robin' }] })]);
    await ids(store, 'robin');

    await expect(collection.put([bulky('big', 400)])).rejects.toMatchObject({ code: 'storage_full', retryable: true });
    expect(await collection.document('big')).toBeUndefined();
    expect(await ids(store, 'robin')).toEqual(['first']);
    expect(await collection.search({ mode: 'dense', vector: new Float32Array(8).fill(1), k: 9 })).toHaveLength(1);
    await collection.put([documentOf('small', { passages: [{ text: 'wren' }] })]);
    await store.close();
    await (await open({ maxBytes: 40_000_000 }).open('pets')).put([bulky('big', 400)]);
  });

  it('refuses a file that is not a database, and leaves it unchanged', async () => {
    file = join(folder, 'collections.db');
    writeFileSync(
      file,
      'not a database at all, but long enough to have a header of one hundred bytes, padded: '.repeat(4),
    );
    const before = readFileSync(file);

    await expect(open().list()).rejects.toMatchObject({ code: 'storage_corrupt' });
    expect(readFileSync(file)).toEqual(before);
  });

  it('reports a damaged file', async () => {
    const store = open();
    const collection = await store.create(pets);
    await collection.put([bulky('a', 50)]);
    await store.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 4096, bytes.length);
    writeFileSync(file, bytes);

    await expect(open().list()).rejects.toMatchObject({ code: 'storage_corrupt' });
  });

  it('does not refill a file that was emptied or separated from its log', async () => {
    const store = open();
    await (await store.create(pets)).put([bulky('a', 5)]);
    await store.close();
    expect(readdirSync(folder).filter((name) => name.includes('.new-'))).toEqual([]);
    writeFileSync(file, '');
    await expect(open().list()).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringContaining('is empty'),
    });
    rmSync(file);
    writeFileSync(`${file}-wal`, 'left');
    await expect(open().list()).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringContaining('its log'),
    });
    expect(existsSync(file)).toBe(false);
  });

  it('does not recreate a file that existed before, and reports that before any call', async () => {
    let isNoted = false;
    const memory = { wasThere: () => isNoted, note: () => void (isNoted = true) };
    const openKnown = () => {
      const store = createEmbeddedStore({ file }, memory);
      opened.push(store);
      return store;
    };
    const store = openKnown();
    store.check();
    expect(isNoted).toBe(false);
    expect(await store.list()).toEqual([]);
    expect(isNoted).toBe(true);
    await store.close();
    rmSync(file);
    const lost = { code: 'storage_corrupt', message: expect.stringContaining('heddle collections reset') };
    expect(() => openKnown().check()).toThrow(expect.objectContaining(lost));
    await expect(openKnown().list()).rejects.toMatchObject(lost);
    expect(existsSync(file)).toBe(false);
  });

  it('does not record a file that could not be created', async () => {
    mkdirSync(join(folder, 'deep'));
    writeFileSync(join(folder, 'deep', 'collections.db-wal'), 'left');
    const notes: string[] = [];
    const store = createEmbeddedStore({ file }, { wasThere: () => false, note: () => notes.push('noted') });
    await expect(store.list()).rejects.toMatchObject({ code: 'storage_corrupt' });
    await store.close();
    expect(notes).toEqual([]);
  });

  it('reports that one of its pages was found damaged, even after calls that read none', async () => {
    const store = createEmbeddedStore({ file });
    opened.push(store);
    await (await store.create(pets)).put([bulky('a', 200)]);
    await store.close();
    const bytes = readFileSync(file);
    bytes.fill(7, Math.floor(bytes.length / 2), bytes.length - 4096);
    writeFileSync(file, bytes);
    const damaged = createEmbeddedStore({ file });
    opened.push(damaged);
    expect(await damaged.list()).toHaveLength(1);
    damaged.check();
    await expect(ids(damaged, 'part1')).rejects.toMatchObject({ code: 'storage_corrupt' });
    expect(await damaged.list()).toHaveLength(1);
    expect(() => damaged.check()).toThrow(expect.objectContaining({ code: 'storage_corrupt' }));
  });

  it('refuses a database of another program', async () => {
    file = join(folder, 'other.db');
    const other = new Database(file);
    other.exec('CREATE TABLE notes (text TEXT)');
    other.close();

    await expect(open().list()).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringContaining('not one of Heddle'),
    });
  });

  it('refuses a file of a newer Heddle', async () => {
    const store = open();
    await store.list();
    await store.close();
    const database = new Database(file);
    database.pragma('user_version = 99');
    database.close();

    await expect(open().list()).rejects.toMatchObject({ code: 'storage_newer' });
  });

  it('says that the folder cannot be made', async () => {
    writeFileSync(join(folder, 'deep'), 'a file where the folder should be');

    await expect(open().list()).rejects.toMatchObject({ code: 'storage_read_only' });
  });

  it('reports that another writer holds the file, as retryable', () => {
    file = join(folder, 'collections.db');
    const one = new Database(file);
    const other = new Database(file, { timeout: 0 });
    one.exec('BEGIN IMMEDIATE');
    let thrown: unknown;
    try {
      other.exec('BEGIN IMMEDIATE');
    } catch (error) {
      thrown = storageErrorOf(error, file);
    }
    one.close();
    other.close();

    expect(thrown).toMatchObject({ code: 'storage_locked', retryable: true });
  });

  it('says that the file is read-only', async () => {
    const store = open();
    await store.create(pets);
    await store.close();
    const database = new Database(file, { readonly: true });
    let thrown: unknown;
    try {
      database.exec("DELETE FROM collections WHERE name = 'pets'");
    } catch (error) {
      thrown = storageErrorOf(error, file);
    }
    database.close();

    expect(thrown).toMatchObject({ code: 'storage_read_only' });
  });

  it('sees what another store on the same file has committed', async () => {
    const one = open();
    const other = open();
    const collection = await one.create(pets);
    const elsewhere = await other.open('pets');
    const near = async () =>
      (await elsewhere.search({ mode: 'dense', vector: new Float32Array(8).fill(1), k: 5 })).map(
        ({ document }) => document,
      );
    expect(await near()).toEqual([]);

    await collection.put([documentOf('a', { passages: [{ text: 'robin' }] })]);

    expect(await near()).toEqual(['a']);
  });

  it('answers searches between the batches of a long put', async () => {
    const collection = await open().create(pets);
    await collection.put([documentOf('first', { passages: [{ text: 'robin' }] })]);
    const order: string[] = [];
    const putting = collection
      .put(Array.from({ length: 40 }, (_, index) => bulky(`d${index}`, 60)))
      .then(() => order.push('put'));

    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await collection.search({ mode: 'lexical', text: 'robin', k: 1 })).toHaveLength(1);
      order.push('search');
    }
    await putting;

    expect(order).toEqual(['search', 'search', 'search', 'put']);
  });

  it('refuses a passage id of another document, and writes nothing of that call', async () => {
    const collection = await open().create(pets);
    await collection.put([documentOf('a', { passages: [{ text: 'one', id: 'same' }] })]);

    await expect(
      collection.put([
        documentOf('good', { passages: [{ text: 'fine' }] }),
        documentOf('b', { passages: [{ text: 'two', id: 'same' }] }),
      ]),
    ).rejects.toMatchObject({ code: 'bad_request' });
    expect((await collection.documents()).map(({ id }) => id)).toEqual(['a']);
  });

  it('refuses vectors from before the collection was recreated with other dimensions', async () => {
    const store = open();
    const before = await store.create(pets);
    await store.drop('pets');
    await store.create({ ...pets, dimensions: 5 });

    await expect(before.put([documentOf('a', { passages: [{ text: 'one' }] })])).rejects.toMatchObject({
      code: 'collection_dimensions',
    });
    await expect(before.search({ mode: 'dense', vector: new Float32Array(8).fill(1), k: 1 })).rejects.toMatchObject({
      code: 'collection_dimensions',
    });
  });

  it('packs rows at the next start, so that deleted ones use no space', async () => {
    const store = open();
    const collection = await store.create(pets);
    await collection.put(
      Array.from({ length: 50 }, (_, index) =>
        documentOf(`d${index}`, { passages: [{ text: `word${index}` }, { text: 'other' }] }),
      ),
    );
    await collection.delete(Array.from({ length: 49 }, (_, index) => `d${index}`));
    await store.close();

    const again = await open().open('pets');

    expect(await again.search({ mode: 'dense', vector: new Float32Array(8).fill(1), k: 200 })).toHaveLength(2);
    expect((await again.search({ mode: 'lexical', text: 'other', k: 200 })).map(({ document }) => document)).toEqual([
      'd49',
    ]);
  });
});
