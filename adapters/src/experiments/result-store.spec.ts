import { labelOf, type KeptResult } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { ResultStore } from './result-store.js';

const of = (text: unknown, run = 'r1'): KeptResult => ({
  run,
  outputs: { text: { value: text, label: labelOf('confidential', ['untrusted']) } },
  saved: { ms: 5, inputTokens: 1, outputTokens: 2, cost: 0.1, currency: 'USD' },
});
const mine = { project: 'alpha', scope: '', experiment: 'x1' };
const day = 86_400_000;

describe('results that experiments reuse', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  let store: ResultStore;
  beforeEach(() => {
    folder = temporaryFolder();
    database = openDatabase(join(folder.folder, 'heddle.db'));
    store = new ResultStore(database);
  });
  afterEach(() => {
    database.close();
    folder.remove();
  });
  const run = (id: string): void => {
    database.connection.exec(`
      INSERT OR IGNORE INTO bundles VALUES ('b', '{}');
      INSERT INTO runs (id, workflow_name, status, run_trigger, root_id, accepted_at, bundle, acceptance)
      VALUES ('${id}', 'W', 'done', 'test', '${id}', 0, 'b', '{}')`);
  };

  it('are found by project, scope and hash, with their labels; the first one stays', () => {
    store.keep(mine, 'h', of('one'), 0);
    store.keep(mine, 'h', of('two', 'r2'), 1);
    expect(store.find(mine, 'h', 1)).toEqual(of('one'));
    expect(store.find({ ...mine, project: 'beta' }, 'h', 1)).toBeUndefined();
    expect(store.find({ ...mine, scope: 'x1' }, 'h', 1)).toBeUndefined();
    expect(store.find(mine, 'other', 1)).toBeUndefined();
  });

  it('end after 30 days, and are then replaced', () => {
    store.keep(mine, 'h', of('old'), 0);
    expect(store.find(mine, 'h', 29 * day)).toBeDefined();
    expect(store.find(mine, 'h', 30 * day)).toBeUndefined();
    store.keep(mine, 'h', of('new'), 31 * day);
    expect(store.find(mine, 'h', 31 * day)).toEqual(of('new'));
  });

  it('are not kept where JSON would change them, or where they are too long', () => {
    for (const [at, value] of [Number.NaN, new Uint8Array(2), new Date(0), 'x'.repeat(1_100_000)].entries()) {
      store.keep(mine, `h${at}`, of(value), 0);
      expect(store.find(mine, `h${at}`, 0)).toBeUndefined();
    }
  });

  it('go with the values of their run, with the run, and with the row that they came from', () => {
    for (const id of ['r1', 'r2', 'r3']) {
      run(id);
      store.keep(mine, id, of('text', id), 0);
    }
    database.connection.exec("UPDATE runs SET values_removed_at = 1 WHERE id = 'r1'");
    expect(store.find(mine, 'r1', 0)).toBeUndefined();
    database.connection.exec("DELETE FROM runs WHERE id = 'r2'");
    expect(store.find(mine, 'r2', 0)).toBeUndefined();
    database.connection.exec(`
      INSERT INTO experiment_rows VALUES ('x1', 1, 'row', '[]', 'internal', '{}');
      INSERT INTO experiment_cells (experiment, number, repeat, variant, state, attempt, run) VALUES ('x1', 1, 1, 1, 'done', 1, 'r3');
      DELETE FROM experiment_rows WHERE experiment = 'x1'`);
    expect(store.find(mine, 'r3', 0)).toBeUndefined();
  });

  it('hold so much for a project: the oldest leave, and those of other projects stay', () => {
    const small = new ResultStore(database, { most: 5_000, every: 1 });
    small.keep({ ...mine, project: 'beta' }, 'h', of('theirs'), 0);
    for (let at = 0; at < 30; at += 1) small.keep(mine, `h${at}`, of('x'.repeat(1_000)), 0);
    const kept = database.connection
      .prepare<[], number>("SELECT count(*) FROM experiment_results WHERE project = 'alpha'")
      .pluck()
      .get();
    expect(kept).toBeGreaterThan(2);
    expect(kept).toBeLessThan(7);
    expect([small.find(mine, 'h0', 0), small.find(mine, 'h29', 0)]).toEqual([undefined, expect.anything()]);
    expect(small.find({ ...mine, project: 'beta' }, 'h', 0)).toBeDefined();
  });
});
