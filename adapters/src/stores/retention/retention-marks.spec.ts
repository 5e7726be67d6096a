import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { createRetention } from './retention.js';
import { createRetentionMarks, markedMs } from './retention-marks.js';

const day = markedMs;
const hour = day / 24;
const now = 1_000 * day;
const kept = 90 * day;

describe('marks of retention', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  beforeEach(() => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });
  const marks = () => createRetentionMarks(opened.database);
  const check = (time: number, name = 'runs') => marks().mark(name, time - kept, time);
  const count = (): unknown => opened.database.connection.prepare('SELECT count(*) FROM retention_marks').pluck().get();

  it('let nothing go before a day, and then what is old enough, no later than the setting says', () => {
    expect(check(now)).toBeUndefined();
    expect(check(now + 23 * hour)).toBeUndefined();
    expect(check(now + 24 * hour)).toEqual({ before: now + day - kept, newest: 0 });
    expect(check(now, 'jobs')).toBeUndefined();
  });

  it('are lifted where the clock or the setting goes back', () => {
    check(now + 100 * day);
    expect(check(now)).toBeUndefined();
    expect(check(now + 2 * hour)).toBeUndefined();
    expect(marks().mark('runs', now - 2 * kept, now + 26 * hour)).toBeUndefined();
  });

  it('cover what they covered when they were set, where the clock is set ahead', () => {
    check(now);
    expect(check(now + 100 * day)).toEqual({ before: now + day - kept, newest: 0 });
  });

  it('are few, however often somebody checks', () => {
    for (let minute = 0; minute < 3 * 24 * 60; minute += 10) check(now + minute * 60_000);
    expect(count()).toBeLessThanOrEqual(50);
  });

  it('spare a run that a clock wrote that was set back: it was not there when they were set', async () => {
    const { journal } = opened;
    await acceptRun(journal, 'old');
    await appendTo(journal, 'old', [{ ...records.runEnd(), time: 200 }]);
    check(now);
    await journal.accept(acceptanceOf('fresh', { time: 100 }), bundleNamed('A'));
    await appendTo(journal, 'fresh', [{ ...records.runEnd(), time: 200 }]);
    await acceptRun(journal, 'last');
    const { before, newest } = check(now + day) ?? { before: 0, newest: 0 };
    const retention = createRetention(opened.database);
    while (!retention.step({ runs: before, newest }, now).isDone);
    expect((await journal.list({})).map(({ runId }) => runId).sort()).toEqual(['fresh', 'last']);
  });
});
