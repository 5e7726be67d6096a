import { HeddleError, type Journal, type Tables } from '@heddle/core';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunProjection } from '../../database/journal-projection.js';
import { bothJournals, type TestedJournals } from '../../testing/both-journals.js';

/** Lets a time begin one run at most, and stores the runs that ended: rows of a table with a time and of one without. */
const once: RunProjection = {
  types: ['run-end'],
  admit: ({ workflowName: target, time }) =>
    target === 'free'
      ? []
      : [
          {
            sql: 'SELECT 1 FROM kill_switches WHERE target = @target AND time >= @time LIMIT 1',
            values: { target, time },
            rows: 0,
            otherwise: passed,
          },
        ],
  accept: ({ workflowName: target, time }) =>
    target === 'free'
      ? []
      : [
          {
            sql: `INSERT INTO kill_switches (target, reason, who, time) VALUES (@target, '', '', @time)
              ON CONFLICT (target) DO UPDATE SET time = excluded.time WHERE kill_switches.time < excluded.time`,
            values: { target, time },
            rows: 1,
            otherwise: passed,
          },
        ],
  write: (id, ended) =>
    ended.map(() => ({ sql: "INSERT INTO owned (kind, id, project) VALUES ('run', @id, 'default')", values: { id } })),
};

function passed(): HeddleError {
  return new HeddleError('idempotency_conflict', 'This time has begun a run already.');
}

describe.each(bothJournals)('projections of runs in %s', (_name, open) => {
  let opened: TestedJournals;
  let journal: Journal;
  let tables: Tables;
  beforeAll(async () => {
    opened = await open();
  }, 120_000);
  afterAll(() => opened?.close());
  beforeEach(async () => {
    const fresh = await opened.reset();
    tables = fresh.tables;
    journal = fresh.journalWith([once]);
  });
  afterEach(() => journal.close());
  const accept = (runId: string, time: number, workflowName = 'w') => acceptRun(journal, runId, { workflowName, time });
  const ended = async (): Promise<readonly string[]> =>
    (await tables.all<{ id: string }>("SELECT id FROM owned WHERE kind = 'run' ORDER BY id")).map(({ id }) => id);

  it('are in the commit of the run, and can refuse it', async () => {
    await accept('r1', 5);
    await expect(accept('r2', 5)).rejects.toMatchObject({ code: 'idempotency_conflict' });
    await expect(accept('r3', 4)).rejects.toMatchObject({ code: 'idempotency_conflict' });
    await expect(accept('r1', 6)).rejects.toMatchObject({ code: 'conflict' });
    await accept('r4', 4, 'free');
    await accept('r5', 7);
    expect(await tables.all('SELECT target, time FROM kill_switches')).toEqual([{ target: 'w', time: 7 }]);
    expect((await journal.list({})).map(({ runId }) => runId).sort()).toEqual(['r1', 'r4', 'r5']);
  });

  it('let one of several concurrent runs begin', async () => {
    const asked = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => accept(`r${index}`, 5)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of asked)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'idempotency_conflict' });
    expect(await journal.list({})).toHaveLength(1);
  });

  it('are in the commit of the records, each once, and are not stored without the records', async () => {
    const runs = Array.from({ length: 6 }, (_, index) => `r${index}`);
    for (const run of runs) await accept(run, 1, 'free');
    await Promise.all(
      runs.map(async (run) => {
        await appendTo(journal, run, [records.runStart()]);
        await appendTo(journal, run, [records.nodeStart('a')]);
        await appendTo(journal, run, [records.runEnd()]);
      }),
    );
    expect(await ended()).toEqual(runs);
    await expect(appendTo(journal, 'r0', [records.runEnd()])).rejects.toBeInstanceOf(HeddleError);
    await expect(appendTo(journal, 'none', [records.runEnd()])).rejects.toMatchObject({ code: 'run_not_found' });
    expect(await ended()).toEqual(runs);
    for (const run of runs) expect(await journal.events(run)).toHaveLength(3);
  });
});
