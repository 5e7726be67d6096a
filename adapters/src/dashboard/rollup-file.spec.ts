import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HeddleError, rollupUnits, type RollupQuery, type RollupStore } from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { migrations } from '../database/migrations/migrations.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createRetention } from '../stores/retention/retention.js';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { runChild } from '../testing/run-child.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { countAll, endedRun, type Run } from './__fixtures__/ended-run.js';
import { createRollupStore } from './rollup-store.js';

const { minute, hour, day } = rollupUnits;
const all: RollupQuery = { from: 0, to: 1e15, step: day.ms };

describe('rollups in the file of heddle.db', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  let store: RollupStore;
  beforeEach(() => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
    store = createRollupStore(sqliteTables(opened.database));
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  const run = (runId: string, given?: Run): Promise<void> => endedRun(opened.journal, runId, given);
  const total = async (query: Partial<RollupQuery> = {}): Promise<number> =>
    (await store.runs({ ...all, ...query })).reduce((sum, { runs }) => sum + runs, 0);
  const execute = (sql: string): void => void opened.database.connection.exec(sql);

  it('count nothing of a step that the disk refuses, and all of it later', async () => {
    await run('a');
    execute(
      `CREATE TRIGGER full BEFORE INSERT ON rollup_runs WHEN NEW.unit = ${day.ms} BEGIN SELECT raise(ABORT, 'full'); END`,
    );
    await expect(store.step(50)).rejects.toThrow('full');
    expect([await total({ step: minute.ms }), (await store.lag()).since]).toEqual([0, 1_100]);
    execute('DROP TRIGGER full');
    await countAll(store);
    expect([await total(), (await store.groups()).length, (await store.lag()).since]).toEqual([1, 1, undefined]);
  });

  it('count every run once although the process is killed again and again', async () => {
    for (let index = 0; index < 60; index += 1) await run(`r${index}`, { at: index * minute.ms });
    const { file } = opened.database;
    await opened.close();
    for (let kill = 1; kill <= 5; kill += 1) {
      let lines = 0;
      const { signal, errors } = await runChild(new URL('./__fixtures__/rollup-child.js', import.meta.url), [file], {
        onLine: (_line, end) => {
          lines += 1;
          if (lines === kill * 2) end('SIGKILL');
        },
      });
      expect([signal, errors]).toEqual(['SIGKILL', '']);
    }
    opened = openJournal(temporary.folder);
    store = createRollupStore(sqliteTables(opened.database));
    expect(await total()).toBeGreaterThan(0);
    await countAll(store);
    for (const { ms } of [minute, hour, day]) expect(await total({ step: ms })).toBe(60);
  });

  it('keep their sums when runs are removed, and count once a run whose number was used before', async () => {
    await run('a', { status: 'failed', message: 'Secret word' });
    await countAll(store);
    await run('b');
    await createRetention(sqliteTables(opened.database), { isFile: true }).remove(
      ['a', 'b'],
      (why) => new HeddleError('run_unfinished', why),
    );
    await countAll(store);
    expect(await total()).toBe(1);
    await run('c');
    await countAll(store);
    expect(await total()).toBe(2);
    const { connection } = opened.database;
    const stored = ['runs', 'calls', 'causes', 'groups'].map((name) =>
      connection.prepare(`SELECT * FROM rollup_${name}`).all(),
    );
    expect(JSON.stringify(stored)).not.toContain('Secret');
  });

  it('count runs from before the upgrade after the current ones, in small steps', async () => {
    await opened.close();
    temporary.remove();
    temporary = temporaryFolder();
    const before = migrations.findIndex(({ name }) => name === 'rollups of runs');
    opened = openJournal(temporary.folder, { migrations: migrations.slice(0, before) });
    const model = { runId: 'r', model: 'm', kind: 'generate', started: 5, ms: 10 };
    for (let index = 0; index < 30; index += 1) await run(`old${index}`);
    await opened.journal.accept(acceptanceOf('open', { time: 1_000 }), bundleNamed('A'));
    opened.database.connection
      .prepare(
        `INSERT INTO model_calls (run, path, model, kind, is_local, started, ms, input_tokens, output_tokens, cost, currency)
         VALUES (@runId, '', @model, @kind, 0, @started, @ms, 3, 4, 0.5, 'EUR')`,
      )
      .run(model);
    await opened.close();
    opened = openJournal(temporary.folder);
    store = createRollupStore(sqliteTables(opened.database));
    expect(await store.lag()).toEqual({ since: undefined, waiting: 30 });
    await appendTo(opened.journal, 'open', [records.runStart(), records.runEnd('done', 9_000)]);
    await run('new', { at: 8_000 });
    expect(await store.step(2)).toMatchObject({ runs: 2, isCaughtUp: false });
    expect((await store.lag()).waiting).toBe(30);
    expect(await countAll(store, 7)).toBe(30);
    expect([await total(), (await store.lag()).waiting, (await store.step(10)).isDone]).toEqual([32, 0, true]);
    expect(await store.calls(all)).toMatchObject([
      { model: 'm', calls: 1, inputTokens: 3, cost: 0.5, currency: 'EUR' },
    ]);
  });
});
