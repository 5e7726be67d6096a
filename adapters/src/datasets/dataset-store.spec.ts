import { afterEach, describe, expect, it } from '@jest/globals';
import { DatasetRow, HeddleError, type DatasetStore } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../database/open-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createDatasetStore } from './dataset-store.js';

let temporary = temporaryFolder();
afterEach(() => {
  temporary.remove();
  temporary = temporaryFolder();
});

const row = (id: string | undefined, question: string, more: object = {}): DatasetRow =>
  DatasetRow.parse({ ...(id === undefined ? {} : { id }), inputs: { question }, ...more });
const how = { mode: 'add', who: 'local', note: '' } as const;
const replace = { ...how, mode: 'replace' } as const;

function open() {
  const database = openDatabase(join(temporary.folder, 'heddle.db'));
  const store = createDatasetStore(database, createFakeClock());
  return { database, store, close: () => database.close() };
}

function read(store: DatasetStore, id: string, query: object = {}): readonly string[] {
  return store
    .rows(id, { limit: 1_000, ...query })
    .rows.map(({ id: name, inputs }) => `${name}:${String(inputs['question'])}`);
}

describe('a dataset', () => {
  it('keeps each version as it was', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    expect(await store.write(id, [row('a', '1'), row('b', '2')], how)).toEqual({
      ...{ version: 1, rows: 2, added: 2, removed: 0, unchanged: 0 },
    });
    expect(await store.write(id, [row('b', '2'), row('a', 'one'), row('c', '3')], how)).toEqual({
      ...{ version: 2, rows: 3, added: 2, removed: 1, unchanged: 1 },
    });
    expect(await store.write(id, [row('c', '3')], replace)).toMatchObject({ version: 3, rows: 1, removed: 2 });
    expect(read(store, id, { version: 1 })).toEqual(['a:1', 'b:2']);
    expect(read(store, id, { version: 2 })).toEqual(['b:2', 'a:one', 'c:3']);
    expect(read(store, id)).toEqual(['c:3']);
    expect(read(store, id, { version: 0 })).toEqual([]);
    expect(store.versions(id).map(({ version, rows }) => [version, rows])).toEqual([
      [3, 1],
      [2, 3],
      [1, 2],
    ]);
    expect(() => store.rows(id, { limit: 1, version: 4 })).toThrow('has no version 4');
    close();
  });

  it('makes no version where nothing changes, and names a row by its content', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    await store.write(id, [row(undefined, '1'), row(undefined, '1'), row(undefined, '2')], how);
    expect(store.get(id)).toMatchObject({ version: 1, rows: 2 });
    const again = await store.write(id, [row(undefined, '2'), row(undefined, '1')], replace);
    expect(again).toEqual({ version: 1, rows: 2, added: 0, removed: 0, unchanged: 2 });
    expect(store.versions(id)).toHaveLength(1);
    // A row that was seen by a write without a change is still removed by the next one.
    expect(await store.write(id, [row(undefined, '2')], replace)).toMatchObject({ version: 2, rows: 1, removed: 1 });
    close();
  });

  it('writes nothing of a write that fails, also after the process ended in it', async () => {
    const { store, database, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    await store.write(id, [row('a', '1'), row('b', '2')], how);
    function* failing() {
      yield row('a', 'changed');
      for (let number = 0; number < 500; number += 1) yield row(`n${number}`, 'new');
      throw new HeddleError('dataset_invalid', 'Line 502 is not JSON.');
    }
    await expect(store.write(id, failing(), replace)).rejects.toThrow('Line 502');
    await expect(store.write(id, [row('x', '1'), row('x', '2')], how)).rejects.toThrow("id 'x' comes twice");
    expect(read(store, id)).toEqual(['a:1', 'b:2']);
    const stored = database.connection.prepare('SELECT count(*) FROM dataset_rows').pluck();
    expect(stored.get()).toBe(2);
    // What a killed process leaves: rows above the version.
    database.connection.exec(
      "UPDATE dataset_rows SET removed_in = 2 WHERE id = 'b'; INSERT INTO dataset_rows (dataset, id, hash, inputs_hash, body, added_in, seen_in) SELECT dataset, 'z', hash, inputs_hash, body, 2, 2 FROM dataset_rows WHERE id = 'a'",
    );
    expect(read(store, id)).toEqual(['a:1', 'b:2']);
    await store.write(id, [row('c', '3')], how);
    expect(read(store, id)).toEqual(['a:1', 'b:2', 'c:3']);
    close();
  });

  it('refuses a second write and a deletion during a write', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    async function* slow() {
      yield row('a', '1');
      await gate;
    }
    const first = store.write(id, slow(), how);
    await expect(store.write(id, [row('b', '2')], how)).rejects.toThrow('Another write');
    expect(() => store.delete(id)).toThrow('Another write');
    release();
    await first;
    store.delete(id);
    expect(() => store.get(id)).toThrow(`no dataset '${id}'`);
    close();
  });

  it('reports rows that come twice, and inputs in several splits', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    await store.write(
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
    expect(store.problems(id)).toEqual({
      duplicates: 2,
      leaks: 1,
      groups: [
        { count: 2, splits: ['test', 'train'], rows: ['a', 'b'] },
        { count: 2, splits: [''], rows: ['c', 'd'] },
      ],
    });
    expect(read(store, id, { split: 'test' })).toEqual(['b:same', 'e:single']);
    expect(read(store, id, { tag: 't' })).toEqual(['d:twice']);
    close();
  });

  it('takes and gives 100,000 rows in pages, with other work between', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Large', description: '' });
    function* many() {
      for (let number = 0; number < 100_000; number += 1) yield row(`r${number}`, `question ${number}`);
    }
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const { rows } = await store.write(id, many(), how);
    clearInterval(timer);
    expect(rows).toBe(100_000);
    expect(ticks).toBeGreaterThan(20);
    let count = 0;
    let after: number | undefined;
    do {
      const page = store.rows(id, { limit: 5_000, ...(after === undefined ? {} : { after }) });
      count += page.rows.length;
      after = page.next;
    } while (after !== undefined);
    expect(count).toBe(100_000);
    expect(store.problems(id).duplicates).toBe(0);
    expect(store.rows(id, { limit: 50 }).rows).toHaveLength(50);
    close();
  }, 60_000);
});

describe('changes of rows', () => {
  it('are one version: rows are set and removed by their ids', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    await store.write(id, [row('a', '1'), row('b', '2'), row('c', '3')], how);
    expect(
      await store.write(id, [row('a', 'one'), row('d', '4')], { ...how, remove: ['b', 'a', 'none'], base: 1 }),
    ).toEqual({
      ...{ version: 2, rows: 3, added: 2, removed: 2, unchanged: 0 },
    });
    expect(read(store, id)).toEqual(['c:3', 'a:one', 'd:4']);
    expect(store.row(id, 'a')).toMatchObject({ inputs: { question: 'one' } });
    expect(store.row(id, 'a', 1)).toMatchObject({ inputs: { question: '1' } });
    expect(() => store.row(id, 'b')).toThrow("has no row 'b'");
    await expect(store.write(id, [row('e', '5')], { ...how, base: 1 })).rejects.toMatchObject({ code: 'conflict' });
    expect(store.get(id)).toMatchObject({ version: 2, rows: 3 });
    close();
  });

  it('are counted between any two versions, with the rows that differ', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    await store.write(id, [row('a', '1'), row('b', '2'), row('c', '3')], how);
    await store.write(id, [row('a', 'one'), row('d', '4')], { ...how, remove: ['b'] });
    await store.write(id, [row('a', '1')], how);
    expect(store.difference(id, 1, 2)).toEqual({
      ...{ from: 1, to: 2, added: 1, removed: 1, changed: 1, unchanged: 1 },
      rows: [
        { id: 'b', change: 'removed' },
        { id: 'd', change: 'added' },
        { id: 'a', change: 'changed' },
      ],
    });
    expect(store.difference(id, 2, 1)).toMatchObject({ added: 1, removed: 1, changed: 1, unchanged: 1 });
    expect(store.difference(id, 1, 3)).toMatchObject({ added: 1, removed: 1, changed: 0, unchanged: 2 });
    expect(store.difference(id, 0, 3)).toMatchObject({ added: 3, removed: 0, changed: 0, unchanged: 0 });
    expect(() => store.difference(id, 1, 9)).toThrow('has no version 9');
    close();
  });

  it('can remove all but one of the rows with the same inputs, and keep that of a split', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    const rows = [
      ...[row('a', 'x', { split: 'train' }), row('b', 'x', { split: 'test' }), row('c', 'x', { split: 'train' })],
      ...[
        row('d', 'y', { split: 'train', expected: 1 }),
        row('e', 'y', { split: 'train', expected: 2 }),
        row('f', 'z'),
      ],
    ];
    await store.write(id, rows, how);
    expect(await store.write(id, [], { ...how, twins: { of: 'leaks', keep: 'test' } })).toMatchObject({ removed: 2 });
    expect(read(store, id)).toEqual(['b:x', 'd:y', 'e:y', 'f:z']);
    expect(await store.write(id, [], { ...how, twins: { of: 'duplicates' } })).toMatchObject({ removed: 1, rows: 3 });
    expect(read(store, id)).toEqual(['b:x', 'd:y', 'f:z']);
    expect(await store.write(id, [], { ...how, twins: { of: 'duplicates' } })).toMatchObject({
      version: 3,
      removed: 0,
    });
    expect(store.problems(id)).toMatchObject({ duplicates: 0, leaks: 0 });
    close();
  });

  it('show what can be filtered by', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    await store.write(
      id,
      [row('a', '1', { split: 'test', tags: ['x', 'y'] }), row('b', '2', { tags: ['x'], label: 'public' })],
      how,
    );
    expect(store.facets(id)).toEqual({
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
    close();
  });
});

describe('the erasure of runs', () => {
  it('takes their rows out of all versions, and says so', async () => {
    const { database, store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    const other = store.create({ name: 'Others', description: '' }).id;
    await store.write(id, [row('r1', 'secret of Ada', { run: 'r1' }), row('b', '2')], how);
    await store.write(id, [row('r1', 'secret, edited', { run: 'r1' }), row('r2', '3', { run: 'r2' })], how);
    await store.write(other, [row('copy', 'secret of Ada', { run: 'r1' })], how);
    store.remember([{ run: 'r1', conversations: ['c1', 'c2'] }]);
    expect(store.runsOf(['c2', 'c9'])).toEqual(['r1']);
    expect(store.forgetRuns(['r1', 'unknown'])).toEqual([
      { dataset: id, rows: 2 },
      { dataset: other, rows: 1 },
    ]);
    expect(read(store, id, { version: 1 })).toEqual(['b:2']);
    expect(read(store, id)).toEqual(['b:2', 'r2:3']);
    expect(store.versions(id).map(({ version, rows, erased }) => [version, rows, erased])).toEqual([
      [2, 2, 1],
      [1, 1, 1],
    ]);
    expect(store.get(id)).toMatchObject({ version: 2, rows: 2 });
    expect(store.get(other)).toMatchObject({ version: 1, rows: 0 });
    expect(store.runsOf(['c1'])).toEqual([]);
    expect(store.forgetRuns(['r1'])).toEqual([]);
    database.emptyLog();
    const file = readFileSync(join(temporary.folder, 'heddle.db'), 'latin1');
    expect(file).not.toContain('secret of Ada');
    close();
  });

  it('reaches rows that are being written', async () => {
    const { store, close } = open();
    const { id } = store.create({ name: 'Questions', description: '' });
    await store.write(id, [row('r1', '1', { run: 'r1' })], how);
    async function* slowly() {
      for (let index = 0; index < 400; index += 1)
        yield row(`n${index}`, String(index), { run: index === 0 ? 'r2' : 'r3' });
      await Promise.resolve();
      expect(store.forgetRuns(['r2', 'r1'])).toEqual([{ dataset: id, rows: 2 }]);
    }
    expect(await store.write(id, slowly(), how)).toMatchObject({ version: 2, rows: 399 });
    expect(store.get(id)).toMatchObject({ rows: 399 });
    expect(store.versions(id)[0]).toMatchObject({ version: 2, rows: 399 });
    close();
  });
});
