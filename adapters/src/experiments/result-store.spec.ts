import { labelOf, type StoredResult, type Tables } from '@heddle/core';
import { acceptanceOf, bundleNamed } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { ResultStore } from './result-store.js';

const of = (text: unknown, run = 'r1'): StoredResult => ({
  run,
  outputs: { text: { value: text, label: labelOf('confidential', ['untrusted']) } },
  saved: { ms: 5, inputTokens: 1, outputTokens: 2, cost: 0.1, currency: 'USD' },
});
const mine = { project: 'alpha', scope: '', experiment: 'x1' };
const day = 86_400_000;

describe.each(bothJournals)('results that experiments reuse in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let store: ResultStore;
  let run: (id: string) => Promise<void>;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    store = new ResultStore(tables);
    run = async (id) => {
      const journal = fresh.journalWith([]);
      await journal.accept(acceptanceOf(id, {}), bundleNamed('W'));
      await journal.close();
    };
  });
  const execute = (...sqls: readonly string[]): Promise<void> =>
    tables.commit(sqls.map((sql) => ({ sql, values: {} })));

  it('are found by project, scope and hash, with their labels; the first result stays', async () => {
    await Promise.all([store.keep(mine, 'h', of('one'), 0), store.keep(mine, 'h', of('two', 'r2'), 1)]);
    const first = await store.find(mine, 'h', 1);
    expect([of('one'), of('two', 'r2')]).toContainEqual(first);
    await store.keep(mine, 'h', of('three', 'r3'), 1);
    expect(await store.find(mine, 'h', 1)).toEqual(first);
    expect(await store.find({ ...mine, project: 'beta' }, 'h', 1)).toBeUndefined();
    expect(await store.find({ ...mine, scope: 'x1' }, 'h', 1)).toBeUndefined();
    expect(await store.find(mine, 'other', 1)).toBeUndefined();
  });

  it('expire after 30 days, and are then replaced', async () => {
    await store.keep(mine, 'h', of('old'), 0);
    expect(await store.find(mine, 'h', 29 * day)).toBeDefined();
    expect(await store.find(mine, 'h', 30 * day)).toBeUndefined();
    await store.keep(mine, 'h', of('new', 'r2'), 31 * day);
    expect(await store.find(mine, 'h', 31 * day)).toEqual(of('new', 'r2'));
  });

  it('are not stored when JSON would change them or when they are too long', async () => {
    for (const [at, value] of [Number.NaN, new Uint8Array(2), new Date(0), 'x'.repeat(1_100_000)].entries()) {
      await store.keep(mine, `h${at}`, of(value), 0);
      expect(await store.find(mine, `h${at}`, 0)).toBeUndefined();
    }
  });

  it('are deleted with the values of their run, the run, the row that they came from, or their experiment', async () => {
    for (const id of ['r1', 'r2', 'r3', 'r4']) {
      await run(id);
      await store.keep({ ...mine, experiment: id === 'r4' ? 'x2' : 'x1' }, id, of('text', id), 0);
    }
    await execute("UPDATE runs SET values_removed_at = 1 WHERE id = 'r1'");
    expect(await store.find(mine, 'r1', 0)).toBeUndefined();
    await execute("DELETE FROM runs WHERE id = 'r2'");
    expect(await store.find(mine, 'r2', 0)).toBeUndefined();
    await execute(
      "INSERT INTO experiment_rows (experiment, number, id, tags, label, body) VALUES ('x1', 1, 'row', '[]', 'internal', '{}')",
      "INSERT INTO experiment_cells (experiment, number, repeat, variant, state, attempt, run) VALUES ('x1', 1, 1, 1, 'done', 1, 'r3')",
      "DELETE FROM experiment_rows WHERE experiment = 'x1'",
    );
    expect(await store.find(mine, 'r3', 0)).toBeUndefined();
    await execute(
      "INSERT INTO experiments (id, owner, project, state, body, created_at) VALUES ('x2', 'local', 'alpha', 'going', '{}', 0)",
      "DELETE FROM experiments WHERE id = 'x2'",
    );
    expect(await store.find(mine, 'r4', 0)).toBeUndefined();
  });

  it('are limited for each project: the oldest are removed, and those of other projects stay', async () => {
    const small = new ResultStore(tables, { most: 5_000, every: 1 });
    await small.keep({ ...mine, project: 'beta' }, 'h', of('theirs'), 0);
    for (let at = 0; at < 30; at += 1) await small.keep(mine, `h${at}`, of('x'.repeat(1_000)), 0);
    const kept = await tables.get<{ readonly count: number }>(
      "SELECT count(*) AS count FROM experiment_results WHERE project = 'alpha'",
    );
    expect(kept?.count).toBeGreaterThan(2);
    expect(kept?.count).toBeLessThan(7);
    expect([await small.find(mine, 'h0', 0), await small.find(mine, 'h29', 0)]).toEqual([undefined, expect.anything()]);
    expect(await small.find({ ...mine, project: 'beta' }, 'h', 0)).toBeDefined();
  });
});
