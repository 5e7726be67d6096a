import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DatasetRow, HeddleError, type DatasetStore, type Tables } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createDatasetStore } from './dataset-store.js';
import { createRowErasure } from './erase-rows.js';

const row = (id: string | undefined, question: string, more: object = {}): DatasetRow =>
  DatasetRow.parse({ ...(id === undefined ? {} : { id }), inputs: { question }, ...more });
const how = { mode: 'add', who: 'local', note: '' } as const;
const replace = { ...how, mode: 'replace' } as const;

/** The store of one process. */
function openStore(tables: Tables, clock: { now(): number }) {
  const store = createDatasetStore(tables, clock);
  return {
    ...store,
    tables,
    create: async (name: string): Promise<{ readonly id: string }> => {
      const { dataset, writes } = store.write.create({ name, description: '' });
      await tables.commit(writes);
      return dataset;
    },
    delete: async (id: string) => tables.commit(store.write.delete(id)),
    forget: (runs: readonly string[]) => tables.commit(store.write.forgetRuns(runs)),
  };
}

async function read(store: Pick<DatasetStore, 'rows'>, id: string, query: object = {}): Promise<readonly string[]> {
  const { rows } = await store.rows(id, { limit: 1_000, ...query });
  return rows.map(({ id: name, inputs }) => `${name}:${String(inputs['question'])}`);
}

/** A source of rows that waits after its first row. `begun` resolves at the first request: its writer then has the dataset. */
function paused(...rows: readonly DatasetRow[]) {
  let start = (): void => undefined;
  let release = (): void => undefined;
  const begun = new Promise<void>((resolve) => (start = resolve));
  const gate = new Promise<void>((resolve) => (release = resolve));
  async function* source() {
    start();
    yield* rows.slice(0, 1);
    await gate;
    yield* rows.slice(1);
  }
  return { rows: source(), begun, release: () => release() };
}

describe.each(bothDatabases)('datasets in %s', (_name, open) => {
  const clock = { time: 1_000_000, now: () => clock.time };
  let database: TestedDatabase;
  let subject: TablesSubject;
  let store: ReturnType<typeof openStore>;
  let theirs: ReturnType<typeof openStore>;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    store = openStore(subject.one, clock);
    theirs = openStore(subject.other, clock);
  });

  describe('a dataset', () => {
    it('keeps each version unchanged', async () => {
      const { id } = await store.create('Questions');
      expect(await store.addVersion(id, [row('a', '1'), row('b', '2')], how)).toEqual({
        version: 1,
        rows: 2,
        added: 2,
        removed: 0,
        unchanged: 0,
      });
      expect(await store.addVersion(id, [row('b', '2'), row('a', 'one'), row('c', '3')], how)).toEqual({
        version: 2,
        rows: 3,
        added: 2,
        removed: 1,
        unchanged: 1,
      });
      expect(await store.addVersion(id, [row('c', '3')], replace)).toMatchObject({ version: 3, rows: 1, removed: 2 });
      expect(await read(store, id, { version: 1 })).toEqual(['a:1', 'b:2']);
      expect(await read(store, id, { version: 2 })).toEqual(['b:2', 'a:one', 'c:3']);
      expect(await read(store, id)).toEqual(['c:3']);
      expect(await read(store, id, { version: 0 })).toEqual([]);
      expect((await store.versions(id)).map(({ version, rows }) => [version, rows])).toEqual([
        [3, 1],
        [2, 3],
        [1, 2],
      ]);
      await expect(store.rows(id, { limit: 1, version: 4 })).rejects.toThrow('has no version 4');
    });

    it('makes no version when nothing changes, and gives a row an id from its content', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(id, [row(undefined, '1'), row(undefined, '1'), row(undefined, '2')], how);
      expect(await store.get(id)).toMatchObject({ version: 1, rows: 2 });
      const again = await store.addVersion(id, [row(undefined, '2'), row(undefined, '1')], replace);
      expect(again).toEqual({ version: 1, rows: 2, added: 0, removed: 0, unchanged: 2 });
      expect(await store.versions(id)).toHaveLength(1);
      // A row that was seen by a write without a change is still removed by the next write.
      expect(await store.addVersion(id, [row(undefined, '2')], replace)).toMatchObject({
        version: 2,
        rows: 1,
        removed: 1,
      });
    });

    it('stores nothing of a failed write, even after a kill in its middle', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(id, [row('a', '1'), row('b', '2')], how);
      function* failing() {
        yield row('a', 'changed');
        for (let number = 0; number < 500; number += 1) yield row(`n${number}`, 'new');
        throw new HeddleError('dataset_invalid', 'Line 502 is not JSON.');
      }
      await expect(store.addVersion(id, failing(), replace)).rejects.toThrow('Line 502');
      await expect(store.addVersion(id, [row('x', '1'), row('x', '2')], how)).rejects.toThrow("id 'x' occurs twice");
      expect(await read(store, id)).toEqual(['a:1', 'b:2']);
      expect(await store.tables.all('SELECT 1 FROM dataset_rows')).toHaveLength(2);
      // What a killed process leaves: rows above the newest version.
      await store.tables.commit([
        { sql: "UPDATE dataset_rows SET removed_in = 2 WHERE id = 'b'", values: {} },
        {
          sql: `INSERT INTO dataset_rows (dataset, id, hash, inputs_hash, body, added_in, seen_in)
            SELECT dataset, 'z', hash, inputs_hash, body, 2, 2 FROM dataset_rows WHERE id = 'a'`,
          values: {},
        },
      ]);
      expect(await read(store, id)).toEqual(['a:1', 'b:2']);
      await store.addVersion(id, [row('c', '3')], how);
      expect(await read(store, id)).toEqual(['a:1', 'b:2', 'c:3']);
    });

    it('refuses a second write and a deletion during a write, also from another process', async () => {
      const { id } = await store.create('Questions');
      const { rows, begun, release } = paused(row('a', '1'), row('b', '2'));
      const first = store.addVersion(id, rows, how);
      await begun;
      for (const each of [store, theirs]) {
        await expect(each.addVersion(id, [row('b', '2')], how)).rejects.toMatchObject({ code: 'conflict' });
        await expect(each.delete(id)).rejects.toThrow('Another write');
      }
      release();
      expect(await first).toMatchObject({ version: 1, rows: 2 });
      await theirs.delete(id);
      await expect(store.get(id)).rejects.toThrow(`no dataset '${id}'`);
      await expect(store.addVersion(id, [], how)).rejects.toMatchObject({ code: 'not_found' });
      expect(await store.tables.all('SELECT 1 FROM dataset_rows')).toEqual([]);
    });

    it('lets at least one of two concurrent writes win', async () => {
      const { id } = await store.create('Questions');
      const mine = paused(row('a', '1'));
      const other = paused(row('b', '2'));
      const ends = Promise.allSettled([store.addVersion(id, mine.rows, how), theirs.addVersion(id, other.rows, how)]);
      for (const { release } of [mine, other]) release();
      const won = (await ends).filter(({ status }) => status === 'fulfilled').length;
      // Both may win, one after the other.
      expect(won).toBeGreaterThanOrEqual(1);
      expect(await store.get(id)).toMatchObject({ version: won, rows: won });
      expect(await store.versions(id)).toHaveLength(won);
    });

    it('can be written when its writer was silent for half a minute; that writer then stores nothing', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(id, [row('z', '0')], how);
      const { rows, begun, release } = paused(...Array.from({ length: 500 }, (_none, index) => row(`a${index}`, '1')));
      const late = store.addVersion(id, rows, { ...how, remove: ['z'] });
      await begun;
      await expect(theirs.addVersion(id, [row('b', '2')], how)).rejects.toThrow('Another write');
      clock.time += 31_000;
      expect(await theirs.addVersion(id, [row('b', '2')], how)).toMatchObject({ version: 2, rows: 2 });
      release();
      await expect(late).rejects.toMatchObject({ code: 'conflict' });
      expect(await read(store, id)).toEqual(['z:0', 'b:2']);
      expect(await store.tables.all('SELECT 1 FROM dataset_rows')).toHaveLength(2);
      expect(await store.addVersion(id, [row('c', '3')], how)).toMatchObject({ version: 3, rows: 3 });
    });

    it('reports duplicate rows, and inputs in several splits', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(
        id,
        [
          row('a', 'same', { split: 'train' }),
          row('b', 'same', { split: 'test', expected: 'x' }),
          row('c', 'twice'),
          row('d', 'twice', { tags: ['t'] }),
          row('e', 'single', { split: 'test' }),
        ],
        how,
      );
      expect(await store.problems(id)).toEqual({
        duplicates: 2,
        leaks: 1,
        groups: [
          { count: 2, splits: ['test', 'train'], rows: ['a', 'b'] },
          { count: 2, splits: [''], rows: ['c', 'd'] },
        ],
      });
      expect(await read(store, id, { split: 'test' })).toEqual(['b:same', 'e:single']);
      expect(await read(store, id, { tag: 't' })).toEqual(['d:twice']);
    });
  });

  describe('changes of rows', () => {
    it('are one version: rows are set and removed by their ids', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(id, [row('a', '1'), row('b', '2'), row('c', '3')], how);
      expect(
        await store.addVersion(id, [row('a', 'one'), row('d', '4')], { ...how, remove: ['b', 'a', 'none'], base: 1 }),
      ).toEqual({ version: 2, rows: 3, added: 2, removed: 2, unchanged: 0 });
      expect(await read(store, id)).toEqual(['c:3', 'a:one', 'd:4']);
      expect(await store.row(id, 'a')).toMatchObject({ inputs: { question: 'one' } });
      expect(await store.row(id, 'a', 1)).toMatchObject({ inputs: { question: '1' } });
      await expect(store.row(id, 'b')).rejects.toThrow("has no row 'b'");
      await expect(store.addVersion(id, [row('e', '5')], { ...how, base: 1 })).rejects.toMatchObject({
        code: 'conflict',
      });
      expect(await store.get(id)).toMatchObject({ version: 2, rows: 3 });
    });

    it('are counted between any two versions, and the different rows are listed', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(id, [row('a', '1'), row('b', '2'), row('c', '3')], how);
      await store.addVersion(id, [row('a', 'one'), row('d', '4')], { ...how, remove: ['b'] });
      await store.addVersion(id, [row('a', '1')], how);
      expect(await store.difference(id, 1, 2)).toEqual({
        from: 1,
        to: 2,
        added: 1,
        removed: 1,
        changed: 1,
        unchanged: 1,
        rows: [
          { id: 'b', change: 'removed' },
          { id: 'd', change: 'added' },
          { id: 'a', change: 'changed' },
        ],
      });
      expect(await store.difference(id, 2, 1)).toMatchObject({ added: 1, removed: 1, changed: 1, unchanged: 1 });
      expect(await store.difference(id, 1, 3)).toMatchObject({ added: 1, removed: 1, changed: 0, unchanged: 2 });
      expect(await store.difference(id, 0, 3)).toMatchObject({ added: 3, removed: 0, changed: 0, unchanged: 0 });
      await expect(store.difference(id, 1, 9)).rejects.toThrow('has no version 9');
    });

    it('can remove all but one of the rows with the same inputs, and keep the one of a split', async () => {
      const { id } = await store.create('Questions');
      const rows = [
        ...[row('a', 'x', { split: 'train' }), row('b', 'x', { split: 'test' }), row('c', 'x', { split: 'train' })],
        ...[
          row('d', 'y', { split: 'train', expected: 1 }),
          row('e', 'y', { split: 'train', expected: 2 }),
          row('f', 'z'),
        ],
      ];
      await store.addVersion(id, rows, how);
      expect(await store.addVersion(id, [], { ...how, twins: { of: 'leaks', keep: 'test' } })).toMatchObject({
        removed: 2,
      });
      expect(await read(store, id)).toEqual(['b:x', 'd:y', 'e:y', 'f:z']);
      expect(await store.addVersion(id, [], { ...how, twins: { of: 'duplicates' } })).toMatchObject({
        removed: 1,
        rows: 3,
      });
      expect(await read(store, id)).toEqual(['b:x', 'd:y', 'f:z']);
      expect(await store.addVersion(id, [], { ...how, twins: { of: 'duplicates' } })).toMatchObject({
        version: 3,
        removed: 0,
      });
      expect(await store.problems(id)).toMatchObject({ duplicates: 0, leaks: 0 });
    });

    it('leave texts that a database cannot store out of filters only', async () => {
      const { id } = await store.create('Questions');
      const hostile = row('a', 'zero \u0000 and \ud800', { tags: ['x'], metadata: { 'a\u0000\u0000': '\\u0000' } });
      await store.addVersion(id, [hostile, row('b', '2', { unreviewed: true })], how);
      expect(await store.facets(id)).toMatchObject({ toReview: 1, tags: [{ name: 'x', rows: 1 }] });
      expect(
        (await store.rows(id, { limit: 9, tag: 'x', unreviewed: false })).rows.map(({ id: name }) => name),
      ).toEqual(['a']);
      expect((await store.rows(id, { limit: 9, unreviewed: true })).rows.map(({ id: name }) => name)).toEqual(['b']);
    });

    it('list the fields of filters', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(
        id,
        [row('a', '1', { split: 'test', tags: ['x', 'y'] }), row('b', '2', { tags: ['x'], label: 'public' })],
        how,
      );
      expect(await store.facets(id)).toEqual({
        toReview: 0,
        splits: [
          { name: '', rows: 1 },
          { name: 'test', rows: 1 },
        ],
        tags: [
          { name: 'x', rows: 2 },
          { name: 'y', rows: 1 },
        ],
        labels: [
          { name: 'internal', rows: 1 },
          { name: 'public', rows: 1 },
        ],
      });
    });
  });

  describe('the erasure of runs', () => {
    it('removes their rows from all versions, and reports it', async () => {
      const { id } = await store.create('Questions');
      const { id: other } = await store.create('Others');
      await store.addVersion(id, [row('r1', 'secret of Ada', { run: 'r1' }), row('b', '2')], how);
      await store.addVersion(id, [row('r1', 'secret, edited', { run: 'r1' }), row('r2', '3', { run: 'r2' })], how);
      await store.addVersion(other, [row('copy', 'secret of Ada', { run: 'r1' })], how);
      await store.remember([{ run: 'r1', conversations: ['c1', 'c2'] }]);
      expect(await store.runsOf(['c2', 'c9'])).toEqual(['r1']);
      expect(await theirs.rowsOfRuns(['r1', 'unknown'])).toEqual([
        { dataset: id, rows: 2 },
        { dataset: other, rows: 1 },
      ]);
      await theirs.forget(['r1', 'unknown']);
      expect(await read(store, id, { version: 1 })).toEqual(['b:2']);
      expect(await read(store, id)).toEqual(['b:2', 'r2:3']);
      expect((await store.versions(id)).map(({ version, rows, erased }) => [version, rows, erased])).toEqual([
        [2, 2, 1],
        [1, 1, 1],
      ]);
      expect(await store.get(id)).toMatchObject({ version: 2, rows: 2 });
      expect(await store.get(other)).toMatchObject({ version: 1, rows: 0 });
      expect(await store.runsOf(['c1'])).toEqual([]);
      expect(await store.rowsOfRuns(['r1'])).toEqual([]);
      await store.forget(['r1']);
      expect((await store.versions(id))[0]).toMatchObject({ rows: 2, erased: 1 });
    });

    it('reaches rows that are being written', async () => {
      const { id } = await store.create('Questions');
      await store.addVersion(id, [row('r1', '1', { run: 'r1' })], how);
      async function* slowly() {
        for (let index = 0; index < 400; index += 1)
          yield row(`n${index}`, String(index), { run: index === 0 ? 'r2' : 'r3' });
        await Promise.resolve();
        expect(await store.rowsOfRuns(['r2', 'r1'])).toEqual([{ dataset: id, rows: 2 }]);
        await theirs.forget(['r2', 'r1']);
      }
      expect(await store.addVersion(id, slowly(), how)).toMatchObject({ version: 2, rows: 399 });
      expect(await store.get(id)).toMatchObject({ rows: 399 });
      expect((await store.versions(id))[0]).toMatchObject({ version: 2, rows: 399 });
    });
  });
});

describe('datasets in heddle.db', () => {
  const temporary = temporaryFolder();
  let count = 0;
  afterAll(() => temporary.remove());
  const opened = () => {
    const file = join(temporary.folder, `${(count += 1)}.db`);
    const database = openDatabase(file);
    const store = openStore(sqliteTables(database), { now: () => 1_000 });
    return { database, file, store };
  };

  it('stores and returns 100,000 rows in pages, with other work between', async () => {
    const { database, store } = opened();
    const { id } = await store.create('Large');
    function* many() {
      for (let number = 0; number < 100_000; number += 1) yield row(`r${number}`, `question ${number}`);
    }
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const { rows } = await store.addVersion(id, many(), how);
    clearInterval(timer);
    expect(rows).toBe(100_000);
    expect(ticks).toBeGreaterThan(20);
    let count = 0;
    let after: number | undefined;
    do {
      const page = await store.rows(id, { limit: 5_000, ...(after === undefined ? {} : { after }) });
      count += page.rows.length;
      after = page.next;
    } while (after !== undefined);
    expect(count).toBe(100_000);
    expect((await store.problems(id)).duplicates).toBe(0);
    expect((await store.rows(id, { limit: 50 })).rows).toHaveLength(50);
    database.close();
  }, 60_000);

  it('roll back at once a write that the previous process left', async () => {
    const { database, store } = opened();
    const { id } = await store.create('Questions');
    const left = paused(row('a', '1'), row('b', '2'));
    const refused = expect(store.addVersion(id, left.rows, how)).rejects.toMatchObject({ code: 'conflict' });
    await left.begun;
    const next = createDatasetStore(sqliteTables(database), { now: () => 1_001 }, { isAlone: true });
    expect(await next.addVersion(id, [row('c', '3')], how)).toMatchObject({ version: 1, rows: 1 });
    left.release();
    await refused;
    expect(await read(next, id)).toEqual(['c:3']);
    database.close();
  });

  it('are deleted with their runs in one commit or not at all, and overwritten', async () => {
    const { database, file, store } = opened();
    const { id } = await store.create('Questions');
    await store.addVersion(id, [row('r1', 'secret of Ada', { run: 'r1' }), row('b', '2')], how);
    await store.remember([{ run: 'r1', conversations: ['c1'] }]);
    const erasure = createRowErasure(sqliteTables(database));
    const { rows, writes } = await erasure.ofRuns(['r1', 'r2']);
    expect([rows, await erasure.ofRuns([])]).toEqual([1, { rows: 0, writes: [] }]);
    const refusing = { sql: 'SELECT 1 FROM datasets', values: {}, rows: 0 };
    await expect(erasure.commit([...writes, refusing])).rejects.toMatchObject({ code: 'conflict' });
    expect(await read(store, id)).toEqual(['r1:secret of Ada', 'b:2']);
    await erasure.commit(writes);
    expect(await read(store, id)).toEqual(['b:2']);
    database.emptyLog();
    expect(readFileSync(file, 'latin1')).not.toContain('secret of Ada');
    database.close();
  });

  it('are deleted with the conversation of their runs, and overwritten', async () => {
    const { database, file, store } = opened();
    const { id } = await store.create('Questions');
    await store.addVersion(id, [row('r1', 'secret of Ada', { run: 'r1' }), row('b', '2')], how);
    await store.remember([{ run: 'r1', conversations: ['c1'] }]);
    const erasure = createRowErasure(sqliteTables(database));
    expect((await erasure.ofConversations(['c2'])).rows).toBe(0);
    const { rows, writes } = await erasure.ofConversations(['c1', 'c2']);
    expect(rows).toBe(1);
    // A row that is added meanwhile is erased too.
    await store.remember([{ run: 'r2', conversations: ['c2'] }]);
    await expect(erasure.commit(writes)).rejects.toMatchObject({ code: 'conflict' });
    await erasure.commit((await erasure.ofConversations(['c1', 'c2'])).writes);
    expect(await read(store, id)).toEqual(['b:2']);
    await sqliteTables(database).emptyLog();
    expect(readFileSync(file, 'latin1')).not.toContain('secret of Ada');
    database.close();
  });
});
