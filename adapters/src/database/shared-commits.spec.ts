import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

/** Rows of a commit go to SQLite together, at its end; a read of the table inside the commit must still see them. */
describe('appends that share a commit', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  beforeEach(async () => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
    // A single run shares its commit with no other.
    await acceptRun(opened.journal, 'another');
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  const typesOf = async (runId: string): Promise<string[]> =>
    (await opened.journal.events(runId)).map(({ seq, type, ...rest }) =>
      'path' in rest ? `${seq} ${type} ${rest.path}` : `${seq} ${type}`,
    );
  const rowsOf = (): unknown => opened.database.connection.prepare('SELECT count(*) FROM records').pluck().get();

  it('make one row of a start and its end, in whichever append they came', async () => {
    const { journal } = opened;
    await acceptRun(journal, 'run-1');
    const seqs = await Promise.all([
      appendTo(journal, 'run-1', [records.runStart(), records.nodeStart('a')]),
      appendTo(journal, 'run-1', [records.nodeStart('b'), records.nodeEnd('b'), records.nodeEnd('a')]),
    ]);
    expect(seqs).toEqual([1, 3]);
    expect(await typesOf('run-1')).toEqual([
      '1 run-start',
      '2 node-start a',
      '3 node-start b',
      '4 node-end b',
      '5 node-end a',
    ]);
    expect(rowsOf()).toBe(3);
  });

  it('continue the numbers of a run that was suspended, and so forgotten, in the same commit', async () => {
    const { journal } = opened;
    await acceptRun(journal, 'run-1');
    await appendTo(journal, 'run-1', [records.runStart(), records.nodeStart('a')]);
    const seqs = await Promise.all([
      appendTo(journal, 'run-1', [records.nodeStart('b'), records.suspend(undefined)]),
      appendTo(journal, 'run-1', [{ type: 'run-resume', time: 3, reason: 'answered' }, records.nodeEnd('b')]),
    ]);
    expect(seqs).toEqual([3, 5]);
    expect((await typesOf('run-1')).slice(2)).toEqual([
      '3 node-start b',
      '4 run-suspend',
      '5 run-resume',
      '6 node-end b',
    ]);
    expect(rowsOf()).toBe(5);
  });

  it('keep every row of many runs, and nothing of a refused append', async () => {
    const { journal } = opened;
    const runs = Array.from({ length: 7 }, (_, index) => `run-${index}`);
    await Promise.all(runs.map((runId) => acceptRun(journal, runId)));
    await appendTo(journal, 'run-0', [records.runStart(), records.runEnd()]);
    const nodes = Array.from({ length: 13 }, (_, index) => [
      records.nodeStart(`n${index}`),
      records.nodeEnd(`n${index}`),
    ]);
    const given = await Promise.allSettled(
      runs.map((runId) => appendTo(journal, runId, [records.runStart(), ...nodes.flat()])),
    );
    expect(given.map(({ status }) => status)).toEqual(['rejected', ...runs.slice(1).map(() => 'fulfilled')]);
    expect(await typesOf('run-0')).toEqual(['1 run-start', '2 run-end']);
    for (const runId of runs.slice(1))
      expect(await typesOf(runId)).toEqual([
        '1 run-start',
        ...nodes.flatMap((_, index) => [
          `${2 * index + 2} node-start n${index}`,
          `${2 * index + 3} node-end n${index}`,
        ]),
      ]);
  });
});
