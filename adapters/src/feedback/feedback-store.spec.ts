import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedbackEntry, FeedbackStore, Journal, Tables } from '@heddle/core';
import { acceptanceOf, bundleNamed, createFakeClock } from '@heddle/core/testing';
import Database from 'better-sqlite3';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrations } from '../database/migrations/migrations.js';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createFeedbackStore } from './feedback-store.js';

const entry = (more: Partial<FeedbackEntry> = {}): FeedbackEntry => ({
  runId: 'r',
  message: '',
  who: 'user:a',
  label: 'internal',
  project: 'default',
  workflow: 'w',
  subject: 'user:a',
  models: ['m'],
  batches: [],
  ...more,
});

describe.each(bothJournals)('the feedback store in %s', (_name, open) => {
  let opened: TestedJournals;
  let tables: Tables;
  let store: FeedbackStore;
  let journal: Journal;
  const clock = createFakeClock();
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    store = createFeedbackStore(tables, clock);
    journal = fresh.journalWith([]);
  });
  afterEach(() => journal.close());
  const accept = (id: string): Promise<unknown> => journal.accept(acceptanceOf(id, {}), bundleNamed('W'));
  const execute = (sql: string): Promise<void> => tables.commit([{ sql, values: {} }]);
  const give = (given: FeedbackEntry): Promise<void> => tables.commit(store.write.give(given));
  const erase = async (query: Parameters<FeedbackStore['count']>[0]): Promise<number> => {
    const count = await store.count(query);
    await tables.commit(store.write.erase(query, count));
    return count;
  };

  it('keeps the latest feedback of a person on an answer, with its first time', async () => {
    await give(entry({ thumb: 'up', comment: 'Good' }));
    await give(entry({ rating: 1, correction: { total: 3 } }));
    await give(entry({ message: 'answer', score: 0.4 }));
    await give(entry({ who: 'user:b', thumb: 'down' }));
    expect(await store.of('r')).toHaveLength(3);
    const said = (await store.of('r')).find(({ who, message }) => who === 'user:a' && message === '');
    expect(said).toMatchObject({ rating: 1, correction: { total: 3 } });
    expect(said).not.toHaveProperty('thumb');
    expect(said).not.toHaveProperty('comment');
    expect(said).not.toHaveProperty('score');
    expect((await store.of('r')).find(({ message }) => message === 'answer')?.score).toBe(0.4);
    expect(await store.of('other')).toEqual([]);
  });

  it('counts for the models of the run, and a comment without a verdict for none', async () => {
    await give(entry({ rating: 5 }));
    expect(await store.quality('m', 'w')).toEqual({ samples: 1, mean: 1 });
    await give(entry({ runId: 's', workflow: 'v', rating: 2, models: ['m', 'n'] }));
    await give(entry({ runId: 't', comment: 'Hm' }));
    expect(await store.quality('m', undefined)).toEqual({ samples: 2, mean: 0.625 });
    expect(await store.quality('m', 'w')).toEqual({ samples: 1, mean: 1 });
    // The feedback moves to another model, and counts only there.
    await give(entry({ runId: 's', workflow: 'v', rating: 2, models: ['n'] }));
    expect(await store.quality('m', undefined)).toEqual({ samples: 1, mean: 1 });
    expect(await store.quality('n', undefined)).toEqual({ samples: 1, mean: 0.25 });
    expect(await store.quality('none', undefined)).toBeUndefined();
    expect(await store.totals(['r', 's', 't', 'none'])).toEqual(
      new Map([
        ['r', { count: 1, good: 1, bad: 0, mean: 1, comments: 0, corrections: 0 }],
        ['s', { count: 1, good: 0, bad: 1, mean: 0.25, comments: 0, corrections: 0 }],
        ['t', { count: 1, good: 0, bad: 0, comments: 1, corrections: 0 }],
      ]),
    );
  });

  it('erases what a person gave, and the feedback on their runs, in the named projects', async () => {
    await give(entry({ runId: '1' }));
    await give(entry({ runId: '2', who: 'key:k end-user:ada', subject: 'end-user:ada' }));
    await give(entry({ runId: '3', who: 'user:b', subject: 'end-user:ada' }));
    await give(entry({ runId: '4', who: 'key:k end-user:nada', subject: 'end-user:nada' }));
    await give(entry({ runId: '5', who: 'user:b', subject: 'end-user:ada', project: 'other' }));
    expect(await erase({ projects: ['default'], subject: 'end-user:ada', workflow: 'other' })).toBe(0);
    expect(await erase({ projects: ['default'], subject: 'end-user:ada' })).toBe(2);
    expect(await erase({ projects: [], subject: 'user:a' })).toBe(0);
    const left: string[] = [];
    for (const run of ['1', '2', '3', '4', '5']) if ((await store.of(run)).length > 0) left.push(run);
    expect(left).toEqual(['1', '4', '5']);
  });

  it('erases everything that was given before its commit', async () => {
    await give(entry());
    const query = { projects: ['default'], subject: 'user:a' };
    const count = await store.count(query);
    await Promise.all([give(entry({ runId: 's' })), give(entry({ runId: 't', who: 'user:b', subject: 'user:b' }))]);
    await expect(tables.commit(store.write.erase(query, count))).rejects.toMatchObject({ code: 'conflict' });
    expect(await store.of('r')).toHaveLength(1);
    expect([await erase(query), (await store.of('t')).length]).toEqual([2, 1]);
  });

  it('finds runs in lists', async () => {
    for (const id of ['r', 's', 't']) await accept(id);
    await give(entry({ thumb: 'up', comment: 'Good' }));
    await give(entry({ runId: 's', rating: 1, correction: 3 }));
    const found: Record<string, readonly string[]> = {};
    for (const feedback of ['any', 'good', 'bad', 'comment', 'correction'] as const)
      found[feedback] = (await journal.list({ feedback })).map(({ runId }) => runId);
    expect(found).toEqual({ any: expect.any(Array), good: ['r'], bad: ['s'], comment: ['r'], correction: ['s'] });
    expect([...(found['any'] ?? [])].sort()).toEqual(['r', 's']);
  });

  it('deletes texts with the values of a run, and the person with the run', async () => {
    await accept('r');
    await give(entry({ thumb: 'up', comment: 'Zero \u0000', correction: { total: 3 } }));
    expect(await store.judged('w')).toEqual([{ runId: 'r', mean: 1, bad: 0, correction: { total: 3 } }]);
    await execute("UPDATE runs SET values_removed_at = 1 WHERE id = 'r'");
    const [given] = await store.of('r');
    expect(given).toMatchObject({ who: 'user:a', thumb: 'up' });
    expect([given?.comment, given?.correction]).toEqual([undefined, undefined]);
    await execute("DELETE FROM runs WHERE id = 'r'");
    expect((await store.of('r'))[0]?.who).toMatch(/^removed:/);
  });

  it('erases feedback with what the run wrote into a conversation', async () => {
    await give(entry({ batches: ['b1', 'b2'] }));
    await give(entry({ runId: 's', batches: ['b3'] }));
    await execute("INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'b2'), (2, 'b4')");
    await execute('DELETE FROM conversation_batches');
    expect([(await store.of('r')).length, (await store.of('s')).length]).toEqual([0, 1]);
    expect((await tables.all('SELECT feedback FROM feedback_models')).length).toBe(1);
  });

  it('is removed by its person, together with its counts for models', async () => {
    await give(entry({ rating: 5 }));
    expect(await store.quality('m', 'w')).toEqual({ samples: 1, mean: 1 });
    await tables.commit(store.write.remove('r', '', 'user:b'));
    await tables.commit(store.write.remove('r', '', 'user:a'));
    expect([await store.of('r'), await store.quality('m', 'w')]).toEqual([[], undefined]);
  });
});

describe('feedback in heddle.db', () => {
  const temporary = temporaryFolder();
  afterAll(() => temporary.remove());

  it('overwrites in the file what it erases, and keeps other deletions fast', async () => {
    const file = join(temporary.folder, 'erased.db');
    const database = openDatabase(file);
    const tables = sqliteTables(database);
    const store = createFeedbackStore(tables, createFakeClock());
    const holds = (text: string): boolean => {
      database.connection.pragma('wal_checkpoint(FULL)');
      return readFileSync(file).includes(text);
    };
    await tables.commit(store.write.give(entry({ comment: 'canary-comment' })));
    expect(holds('canary-comment')).toBe(true);
    await tables.commit(store.write.erase({ projects: ['default'], subject: 'user:a' }, 1));
    expect(holds('canary-comment')).toBe(false);
    expect(database.connection.pragma('secure_delete', { simple: true })).not.toBe(1);
    database.close();
  });

  it('migrates earlier ratings, whose label is unknown', () => {
    const file = join(temporary.folder, 'old.db');
    const old = new Database(file);
    const at = migrations.findIndex(({ name }) => name === 'feedback of people');
    for (const { sql } of migrations.slice(0, at)) old.exec(sql);
    old.exec(`INSERT INTO feedback (run, who, model, workflow, score, comment, time)
      VALUES ('r', 'user:a', 'm', 'w', 1, 'Good', 5), ('r', 'user:a', 'n', 'w', 1, 'Good', 6), ('s', 'user:b', 'm', NULL, 0.3, NULL, 7)`);
    old.exec(migrations[at]?.sql ?? '');
    const rows = old
      .prepare('SELECT run, who, thumb, score, comment, label, created_at FROM run_feedback ORDER BY run')
      .all();
    expect(rows).toEqual([
      { run: 'r', who: 'user:a', thumb: 'up', score: 1, comment: 'Good', label: 'restricted', created_at: 5 },
      { run: 's', who: 'user:b', thumb: null, score: 0.3, comment: null, label: 'restricted', created_at: 7 },
    ]);
    expect(old.prepare('SELECT count(*) AS n FROM feedback_models').get()).toEqual({ n: 3 });
    old.close();
  });
});
