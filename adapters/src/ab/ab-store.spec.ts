import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  firstSlices,
  figuresKey,
  meanOf,
  rowsOf,
  type AbTest,
  type LiveChange,
  type Tables,
  type WorkflowVersion,
} from '@heddle/core';
import { acceptRun, bundleNamed, createFakeClock, records } from '@heddle/core/testing';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { migrations } from '../database/migrations/migrations.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { openDatabase } from '../database/open-database.js';
import { createFeedbackStore } from '../feedback/index.js';
import { createRunScoreStore } from '../scores/index.js';
import { createVersionStore } from '../stores/workflows/version-store.js';
import { bothJournals, type TestedJournals } from '../testing/both-journals.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createAbStore } from './ab-store.js';

const version: Omit<WorkflowVersion, 'version'> = {
  workflowId: 'w',
  hash: 'h',
  author: 'local',
  note: '',
  publishedAt: 1,
  references: [],
  dataMap: [],
  replyClearance: 'internal',
};

const test: AbTest = {
  id: 't',
  kind: 'ab',
  workflowId: 'w',
  revision: 0,
  note: '',
  control: 1,
  sticky: 'caller',
  promote: 'person',
  arms: [
    { version: 1, share: 0.5 },
    { version: 2, share: 0.5 },
  ],
  primary: { name: 'score:helpful' },
  guards: [{ metric: { name: 'ms' }, against: 'limit', value: 1_000 }],
  minRuns: 20,
  startedAt: 0,
  startedBy: 'local',
  rollbacks: [],
};

const begin = (given: AbTest = test): LiveChange => ({
  live: {
    version: given.control,
    test: {
      id: given.id,
      kind: 'ab',
      sticky: 'caller',
      salt: 's',
      slices: [...firstSlices(given.arms, given.control)],
    },
  },
  at: 1,
  who: 'local',
  test: given,
});

describe.each(bothJournals)('A/B tests in %s', (_name, openJournals) => {
  let opened: TestedJournals;
  let tables: Tables;
  let fresh: Awaited<ReturnType<TestedJournals['reset']>>;
  beforeAll(async () => {
    opened = await openJournals();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    fresh = await opened.reset();
    ({ tables } = fresh);
  });

  async function open() {
    const clock = createFakeClock();
    const store = createAbStore(tables);
    const versions = createVersionStore(tables);
    const feedback = createFeedbackStore(tables, clock);
    const scores = createRunScoreStore(tables);
    const journal = fresh.journalWith([store.projection]);
    while ((await versions.list('w')).length < 3) await versions.add(version, bundleNamed('Sample'));
    const countOf = async (table: string): Promise<number> =>
      Number((await tables.get<{ readonly count: number }>(`SELECT count(*) AS count FROM ${table}`))?.count);
    return {
      store,
      versions,
      feedback,
      countOf,
      accept: (runId: string, of: number, unit?: string, id = 't') =>
        acceptRun(journal, runId, {
          workflowId: 'w',
          version: of,
          ...(unit === undefined ? {} : { test: { id, unit } }),
        }),
      end: async (runId: string, status: 'done' | 'failed', ms: number): Promise<void> => {
        await journal.append(runId, [records.runEnd(status, 1_000 + ms)]);
      },
      rate: (runId: string, thumb: 'up' | 'down', who = 'p') =>
        tables.commit(
          feedback.write.give({
            runId,
            message: '',
            who,
            thumb,
            label: 'internal',
            project: 'default',
            workflow: 'w',
            subject: who,
            models: [],
            batches: [],
          }),
        ),
      score: (runId: string, value: number | undefined, monitorId = 'm') =>
        tables.commit(
          scores.write.add([
            {
              runId,
              monitorId,
              metric: 'helpful',
              value,
              explanation: 'a secret reason',
              cost: 0,
              tokens: 0,
              judgedAt: 1,
              project: 'default',
              workflow: 'w',
              version: 2,
              label: 'confidential',
            },
          ]),
        ),
      count: async (): Promise<void> => {
        while (!(await store.step(2)).isDone);
      },
      figures: async (of: number, metric: string) => {
        const found = (await store.counts('t')).get(figuresKey(of, metric));
        return found === undefined
          ? undefined
          : {
              runs: rowsOf(found.every),
              callers: rowsOf(found.first),
              missing: found.missing,
              mean: meanOf(found.every),
            };
      },
      close: () => journal.close(),
    };
  }

  describe('the figures of a test', () => {
    it('count each run once, for the arm that it had, also after a change of shares and a restart', async () => {
      const first = await open();
      await first.versions.setLive('w', begin());
      for (const [runId, of, unit] of [
        ['a', 2, 'one'],
        ['b', 2, 'one'],
        ['c', 1, 'two'],
        ['d', 2, 'three'],
      ] as const)
        await first.accept(runId, of, unit);
      await first.accept('pinned', 2);
      await first.end('a', 'failed', 100);
      await first.end('b', 'done', 300);
      await first.count();
      const running = await first.store.get('t');
      await first.versions.setLive('w', {
        ...begin({
          ...test,
          revision: running?.revision ?? 0,
          arms: test.arms.map((arm, index) => ({ ...arm, share: index })),
        }),
      });
      // The event is still in the queue when the process ends.
      await first.end('c', 'done', 700);
      await first.close();
      const second = await open();
      await second.count();
      await second.end('d', 'done', 500);
      await second.end('pinned', 'failed', 9);
      await second.count();
      await second.count();
      expect(await second.figures(2, 'errors')).toEqual({
        runs: 3,
        callers: 2,
        missing: 0,
        mean: expect.closeTo(1 / 3, 9),
      });
      expect(await second.figures(2, 'ms')).toEqual({ runs: 2, callers: 2, missing: 1, mean: 400 });
      expect(await second.figures(1, 'ms')).toEqual({ runs: 1, callers: 1, missing: 0, mean: 700 });
      expect((await second.store.get('t'))?.revision).toBe(2);
      await second.close();
    });

    it('count feedback and scores of each run once, without their texts', async () => {
      const { versions, accept, rate, score, count, figures, close } = await open();
      await versions.setLive('w', begin());
      await accept('a', 2, 'one');
      await accept('b', 2, 'two');
      await accept('elsewhere', 2);
      await rate('a', 'down');
      await rate('a', 'up');
      await rate('a', 'up', 'q');
      await rate('elsewhere', 'up');
      await score('a', undefined);
      await score('a', 0.5);
      await score('a', 0.9, 'another-monitor');
      await score('b', 1);
      await score('elsewhere', 0);
      await count();
      expect(await figures(2, 'feedback')).toEqual({ runs: 1, callers: 1, missing: 0, mean: 0 });
      expect(await figures(2, 'score:helpful')).toEqual({ runs: 2, callers: 2, missing: 1, mean: 0.75 });
      const kept: string[] = [];
      for (const table of ['ab_tests', 'ab_figures', 'ab_queue', 'ab_seen', 'ab_runs'])
        kept.push(JSON.stringify(await tables.all(`SELECT * FROM ${table}`)));
      expect(kept.join('\n')).not.toContain('secret');
      await close();
    });

    it('do not change after the end of the test', async () => {
      const { store, versions, accept, end, count, figures, countOf, close } = await open();
      await versions.setLive('w', begin());
      await accept('a', 2, 'one');
      await accept('late', 2, 'two');
      await end('a', 'done', 100);
      await count();
      await versions.setLive('w', { live: undefined, at: 7, who: 'local' });
      await end('late', 'failed', 100);
      await count();
      expect(await figures(2, 'errors')).toMatchObject({ runs: 1, mean: 0 });
      expect(await store.list('w')).toMatchObject([{ id: 't', outcome: 'unpublished', endedAt: 7, endedBy: 'local' }]);
      expect([await store.running(), await countOf('ab_seen')]).toEqual([[], 0]);
      await close();
    });
  });

  it('count each run once when two processes count at the same time', async () => {
    const { store, versions, accept, end, figures, countOf, close } = await open();
    await versions.setLive('w', begin());
    for (let index = 0; index < 30; index += 1) {
      await accept(`r${index}`, 2, `unit${index % 7}`);
      await end(`r${index}`, 'done', 10);
    }
    const theirs = createAbStore(tables);
    const countAll = async (one: Pick<typeof store, 'step'>): Promise<void> => {
      while (!(await one.step(4)).isDone);
    };
    await Promise.all([countAll(store), countAll(theirs)]);
    expect(await figures(2, 'errors')).toMatchObject({ runs: 30, callers: 7 });
    expect(await countOf('ab_queue')).toBe(0);
    await close();
  });

  describe('a change of a test', () => {
    it('is refused when another change came first, and then moves no pointer', async () => {
      const { store, versions, close } = await open();
      await versions.setLive('w', begin());
      const read = (await store.get('t')) ?? test;
      await versions.setLive('w', begin({ ...read, note: 'first' }));
      await expect(
        versions.setLive('w', { ...begin({ ...read, note: 'second' }), live: { version: 2 } }),
      ).rejects.toMatchObject({
        code: 'conflict',
      });
      expect([(await store.get('t'))?.note, (await versions.live('w'))?.version]).toEqual(['first', 1]);
      await versions.setLive('w', { live: { version: 3 }, at: 9, who: 'local' });
      expect(await store.get('t')).toMatchObject({ outcome: 'replaced', endedAt: 9 });
      await expect(versions.setLive('w', begin({ ...read, note: 'too late' }))).rejects.toMatchObject({
        code: 'conflict',
      });
      await close();
    });

    it('is refused when it names a version that does not exist', async () => {
      const { versions, store, close } = await open();
      const arms = [...test.arms.slice(0, 1), { version: 9, share: 0.5 }];
      await expect(versions.setLive('w', begin({ ...test, arms }))).rejects.toMatchObject({
        code: 'version_not_found',
      });
      expect(await store.list('w')).toEqual([]);
      await close();
    });
  });
});

it('migrates a canary from an older Heddle to a test, with its callers and counts', async () => {
  const temporary = temporaryFolder();
  const file = join(temporary.folder, 'heddle.db');
  const before = new Database(file);
  const index = migrations.findIndex(({ name }) => name === 'A/B tests');
  for (const { sql } of migrations.slice(0, index)) before.exec(sql);
  before.pragma('application_id = 1212499020');
  const body = {
    version: 1,
    canary: { version: 2, share: 0.25, maxMeanMs: 900, minRuns: 7 },
    takenBack: { version: 3 },
  };
  before.prepare('INSERT INTO live_versions VALUES (?, ?)').run('w', JSON.stringify(body));
  before.prepare('INSERT INTO live_versions VALUES (?, ?)').run('plain', JSON.stringify({ version: 4 }));
  before.prepare('INSERT INTO canaries VALUES (?, ?, ?, ?, ?, ?)').run('w', 2, 0, 5, 2, 1_000);
  for (const { sql } of migrations.slice(index)) before.exec(sql);
  before.pragma(`user_version = ${migrations.length}`);
  before.close();
  const database = openDatabase(file);
  const store = createAbStore(sqliteTables(database));
  const [found] = await store.list('w');
  expect(found).toMatchObject({
    kind: 'canary',
    control: 1,
    minRuns: 7,
    revision: 1,
    arms: [
      { version: 1, share: 0.75 },
      { version: 2, share: 0.25 },
    ],
    guards: [
      { metric: { name: 'errors' }, against: 'limit', value: 0.1 },
      { metric: { name: 'ms' }, against: 'limit', value: 900 },
    ],
  });
  const pointers = database.connection.prepare('SELECT body FROM live_versions ORDER BY workflow_id').pluck().all();
  expect(pointers.map((text) => JSON.parse(String(text)) as unknown)).toEqual([
    { version: 4 },
    {
      version: 1,
      test: {
        id: found?.id,
        kind: 'canary',
        sticky: 'caller',
        salt: 'w 2',
        slices: [
          { version: 2, until: 2_500 },
          { version: 1, until: 10_000 },
        ],
      },
    },
  ]);
  const errors = (await store.counts(found?.id ?? '')).get(figuresKey(2, 'errors'));
  expect(errors && [rowsOf(errors.every), meanOf(errors.every)]).toEqual([5, 0.4]);
  database.close();
  temporary.remove();
});
