import type { Tables } from '@heddle/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { bothJournals, type TestedJournals } from '../../testing/both-journals.js';
import { createRetention } from './retention.js';
import { createRetentionMarks, markedMs, type RetentionMarks } from './retention-marks.js';

const day = markedMs;
const hour = day / 24;
const now = 1_000 * day;
const kept = 90 * day;

describe.each(bothDatabases)('marks of retention in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: Tables;
  let marks: RetentionMarks;
  /** The marks of another process. */
  let others: RetentionMarks;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    const fresh = await database.reset();
    tables = fresh.one;
    [marks, others] = [createRetentionMarks(fresh.one), createRetentionMarks(fresh.other)];
  });
  const check = (time: number, name = 'runs') => marks.mark(name, time - kept, time);
  const count = async () =>
    (await tables.get<{ readonly count: number }>('SELECT count(*) AS count FROM retention_marks'))?.count;

  it('protect runs for a day, and then cover what is old enough, no later than the setting says', async () => {
    expect(await check(now)).toBeUndefined();
    expect(await check(now + 23 * hour)).toBeUndefined();
    expect(await check(now + 24 * hour)).toEqual({ before: now + day - kept, newest: 0 });
    expect(await check(now, 'jobs')).toBeUndefined();
  });

  it('are removed when the clock or the setting goes back', async () => {
    await check(now + 100 * day);
    expect(await check(now)).toBeUndefined();
    expect(await check(now + 2 * hour)).toBeUndefined();
    expect(await marks.mark('runs', now - 2 * kept, now + 26 * hour)).toBeUndefined();
  });

  it('keep their extent when the clock is set ahead', async () => {
    await check(now);
    expect(await check(now + 100 * day)).toEqual({ before: now + day - kept, newest: 0 });
  });

  it('are few, however often and however many processes check', async () => {
    for (let minute = 0; minute < 3 * 24 * 60; minute += 20) {
      await check(now + minute * 60_000);
      if (minute % 240 === 0) await Promise.all([check(now + minute * 60_000), others.mark('runs', now - kept, now + minute * 60_000)]); // prettier-ignore
    }
    expect(await count()).toBeLessThanOrEqual(70);
  });
});

describe.each(bothJournals)('marks of retention beside runs in %s', (_name, open) => {
  let databases: TestedJournals;
  beforeAll(async () => {
    databases = await open();
  }, 120_000);
  afterAll(() => databases?.close());

  it('spare a run from a clock that was set back: it did not exist when they were set', async () => {
    const opened = await databases.reset();
    const { tables } = opened;
    const journal = opened.journalWith([]);
    const check = (time: number) => createRetentionMarks(tables).mark('runs', time - kept, time);
    await acceptRun(journal, 'old');
    await appendTo(journal, 'old', [{ ...records.runEnd(), time: 200 }]);
    await check(now);
    await journal.accept(acceptanceOf('fresh', { time: 100 }), bundleNamed('A'));
    await appendTo(journal, 'fresh', [{ ...records.runEnd(), time: 200 }]);
    await acceptRun(journal, 'last');
    const { before, newest } = (await check(now + day)) ?? { before: 0, newest: 0 };
    const retention = createRetention(tables, opened);
    while (!(await retention.step({ runs: before, newest }, now)).isDone);
    expect((await journal.list({})).map(({ runId }) => runId).sort()).toEqual(['fresh', 'last']);
    await journal.close();
  });
});
