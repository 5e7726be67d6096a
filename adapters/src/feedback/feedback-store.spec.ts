import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FeedbackEntry, FeedbackStore } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../database/migrations/migrations.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createFeedbackStore } from './feedback-store.js';

const entry = (more: Partial<FeedbackEntry> = {}): FeedbackEntry => ({
  ...{ runId: 'r', message: '', who: 'user:a', label: 'internal', project: 'default', workflow: 'w' },
  ...{ subject: 'user:a', models: ['m'], batches: [] },
  ...more,
});

describe('the feedback store', () => {
  let folder: string;
  let database: HeddleDatabase;
  let store: FeedbackStore;
  const clock = createFakeClock();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-'));
    database = openDatabase(join(folder, 'heddle.db'));
    store = createFeedbackStore(database, clock);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps the last word of a person on an answer, with its first time', () => {
    store.give(entry({ thumb: 'up', comment: 'Good' }));
    store.give(entry({ rating: 1, correction: { total: 3 } }));
    store.give(entry({ message: 'answer', score: 0.4 }));
    store.give(entry({ who: 'user:b', thumb: 'down' }));
    expect(store.of('r')).toHaveLength(3);
    const said = store.of('r').find(({ who, message }) => who === 'user:a' && message === '');
    expect(said).toMatchObject({ rating: 1, correction: { total: 3 } });
    expect(said).not.toHaveProperty('thumb');
    expect(said).not.toHaveProperty('comment');
    expect(said).not.toHaveProperty('score');
    expect(store.of('r').find(({ message }) => message === 'answer')?.score).toBe(0.4);
    expect(store.of('other')).toEqual([]);
  });

  it('counts for the models of the run, a comment without a verdict for none', () => {
    store.give(entry({ rating: 5 }));
    expect(store.quality('m', 'w')).toEqual({ samples: 1, mean: 1 });
    store.give(entry({ runId: 's', workflow: 'v', rating: 2, models: ['m', 'n'] }));
    store.give(entry({ runId: 't', comment: 'Hm' }));
    expect(store.quality('m', undefined)).toEqual({ samples: 2, mean: 0.625 });
    expect(store.quality('m', 'w')).toEqual({ samples: 1, mean: 1 });
    // Changed to another model: it counts there alone.
    store.give(entry({ runId: 's', workflow: 'v', rating: 2, models: ['n'] }));
    expect(store.quality('m', undefined)).toEqual({ samples: 1, mean: 1 });
    expect(store.quality('n', undefined)).toEqual({ samples: 1, mean: 0.25 });
    expect(store.quality('none', undefined)).toBeUndefined();
    expect(store.totals(['r', 's', 't', 'none'])).toEqual(
      new Map([
        ['r', { count: 1, good: 1, bad: 0, mean: 1, comments: 0, corrections: 0 }],
        ['s', { count: 1, good: 0, bad: 1, mean: 0.25, comments: 0, corrections: 0 }],
        ['t', { count: 1, good: 0, bad: 0, comments: 1, corrections: 0 }],
      ]),
    );
  });

  it('erases what a person gave, and what was given on their runs, in the named projects', () => {
    store.give(entry({ runId: '1' }));
    store.give(entry({ runId: '2', who: 'key:k end-user:ada', subject: 'end-user:ada' }));
    store.give(entry({ runId: '3', who: 'user:b', subject: 'end-user:ada' }));
    store.give(entry({ runId: '4', who: 'key:k end-user:nada', subject: 'end-user:nada' }));
    store.give(entry({ runId: '5', who: 'user:b', subject: 'end-user:ada', project: 'other' }));
    expect(store.erase({ projects: ['default'], subject: 'end-user:ada', workflow: 'other' })).toBe(0);
    expect(store.erase({ projects: ['default'], subject: 'end-user:ada' })).toBe(2);
    expect(store.erase({ projects: [], subject: 'user:a' })).toBe(0);
    expect(['1', '2', '3', '4', '5'].filter((run) => store.of(run).length > 0)).toEqual(['1', '4', '5']);
  });

  it('goes with what the run wrote into a conversation', () => {
    store.give(entry({ batches: ['b1', 'b2'] }));
    store.give(entry({ runId: 's', batches: ['b3'] }));
    database.connection.exec("INSERT INTO conversation_batches (conversation, batch) VALUES (1, 'b2'), (2, 'b4')");
    database.connection.exec('DELETE FROM conversation_batches');
    expect([store.of('r').length, store.of('s').length]).toEqual([0, 1]);
    expect(database.connection.prepare('SELECT count(*) AS n FROM feedback_models').get()).toEqual({ n: 1 });
  });

  it('takes over earlier ratings, whose label is not known', () => {
    const file = join(folder, 'old.db');
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
