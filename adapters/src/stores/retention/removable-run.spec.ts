import { HeddleError, type Journal, type Tables } from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothJournals, type TestedJournals } from '../../testing/both-journals.js';
import { createDeletionStore } from '../deletion-store.js';
import { removableRun } from './removable-run.js';

describe.each(bothJournals)('a run that is to be removed, in %s', (_name, open) => {
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
    journal = fresh.journalWith([]);
  });
  afterEach(() => journal.close());

  const accept = (runId: string, origin?: string): Promise<string> =>
    journal.accept(acceptanceOf(runId, { origin }), bundleNamed('A'));
  const end = (runId: string): Promise<number> => appendTo(journal, runId, [records.runStart(), records.runEnd()]);
  const mark = (runId: string): Promise<void> =>
    tables.commit([
      ...removableRun(runId, (why) => new HeddleError('run_unfinished', why)),
      createDeletionStore(tables).write.set({ kind: 'run', within: '', id: runId, who: 'user:a', time: 1 }),
    ]);
  const marked = async (): Promise<readonly string[]> =>
    (await tables.all<{ readonly id: string }>("SELECT id FROM deletions WHERE kind = 'run' ORDER BY id")).map(
      ({ id }) => id,
    );

  it('must exist and have ended', async () => {
    await accept('a');
    await expect(mark('none')).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(mark('a')).rejects.toMatchObject({ code: 'run_unfinished', message: 'unfinished' });
    expect(await marked()).toEqual([]);
    await end('a');
    await mark('a');
    expect(await marked()).toEqual(['a']);
  });

  it('stays while a later run that continues it, at any distance, has not ended', async () => {
    await accept('a');
    await end('a');
    await accept('b', 'a');
    await end('b');
    await accept('c', 'b');
    await accept('other');
    await end('other');
    for (const run of ['a', 'b'])
      await expect(mark(run)).rejects.toMatchObject({ code: 'run_unfinished', message: 'needed' });
    await mark('other');
    await end('c');
    for (const run of ['a', 'b', 'c']) await mark(run);
    expect(await marked()).toEqual(['a', 'b', 'c', 'other']);
  });

  it('is protected by a run that is accepted at the same moment', async () => {
    for (let round = 0; round < 6; round += 1) {
      const first = `first-${round}`;
      const next = `next-${round}`;
      await accept(first);
      await end(first);
      const marking = mark(first).then(
        () => true,
        () => false,
      );
      await Promise.all([accept(next, first), marking]);
      // Whichever was first: the commit of the removal checks again, and refuses.
      await expect(mark(first)).rejects.toMatchObject({ message: 'needed' });
      expect((await marked()).includes(first)).toBe(await marking);
    }
  });
});
