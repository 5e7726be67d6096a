import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { writeRedoLog, type RedoAppend } from './__fixtures__/write-redo-log.js';
import { takeOverRedoLog } from './take-over-redo-log.js';

describe('the redo log of an older version', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  let log: string;
  beforeEach(async () => {
    temporary = temporaryFolder();
    log = join(temporary.folder, 'heddle.db-redo');
    opened = openJournal(temporary.folder);
    await acceptRun(opened.journal, 'run-1');
    await appendTo(opened.journal, 'run-1', [records.runStart()]);
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  /** An execution of two records, from its start at `first`. */
  const node = (runId: string, first: number, path: string): RedoAppend => ({
    runId,
    first,
    count: 2,
    rows: [
      {
        columns: [first + 1, 'node-end', 20.5, path, 1, first, 10],
        body: JSON.stringify({
          outputs: { text: { value: `ünï "${path}"\n`, label: { level: 'internal', marks: [] } } },
        }),
      },
    ],
  });
  const start = (runId: string): RedoAppend => ({
    runId,
    first: 1,
    count: 1,
    rows: [{ columns: [1, 'run-start', 30, null, null, null, null], body: '{}' }],
  });
  const takeOver = async (): Promise<void> => {
    await opened.close();
    opened = openJournal(temporary.folder);
    takeOverRedoLog(opened.database);
  };
  const seqs = async (runId = 'run-1'): Promise<number[]> => (await opened.journal.events(runId)).map(({ seq }) => seq);

  it('is written to the database once, and removed', async () => {
    writeRedoLog(log, [[node('run-1', 2, 'a')], [node('run-1', 4, 'b#key')]]);
    await takeOver();
    expect(await opened.journal.events('run-1', { after: 1 })).toMatchObject([
      { seq: 2, type: 'node-start', path: 'a', attempt: 1, time: 10 },
      { seq: 3, type: 'node-end', path: 'a', time: 20.5, started: 10, outputs: { text: { value: 'ünï "a"\n' } } },
      { seq: 4, type: 'node-start', path: 'b#key' },
      { seq: 5, type: 'node-end', path: 'b#key' },
    ]);
    expect(existsSync(log)).toBe(false);
    await takeOver();
    expect(await seqs()).toEqual([1, 2, 3, 4, 5]);
    expect(await appendTo(opened.journal, 'run-1', [records.runEnd()])).toBe(6);
  });

  it('starts the run of a start record', async () => {
    await acceptRun(opened.journal, 'run-2');
    writeRedoLog(log, [[start('run-2'), node('run-2', 2, 'a')]]);
    await takeOver();
    expect(await opened.journal.summary('run-2')).toMatchObject({ status: 'running', startedAt: 30, lastSeq: 3 });
  });

  it('is skipped when the database has the append, lacks an earlier one, or has the end of the run', async () => {
    await acceptRun(opened.journal, 'run-2');
    await acceptRun(opened.journal, 'run-3');
    await appendTo(opened.journal, 'run-1', [records.nodeStart('a'), records.nodeEnd('a')]);
    await appendTo(opened.journal, 'run-3', [records.runStart(), records.runEnd()]);
    writeRedoLog(log, [
      [node('run-1', 2, 'a')],
      [node('run-1', 4, 'b')],
      [node('run-2', 2, 'behind a gap')],
      [node('run-3', 3, 'behind the end')],
      [node('nobody', 1, 'a')],
    ]);
    await takeOver();
    expect([await seqs(), await seqs('run-2'), await seqs('run-3')]).toEqual([[1, 2, 3, 4, 5], [], [1, 2]]);
  });

  it('ends at an older generation or a damaged entry', async () => {
    writeRedoLog(log, [[node('run-1', 2, 'a')]], [node('run-1', 4, 'old')]);
    await takeOver();
    expect(await seqs()).toEqual([1, 2, 3]);
    writeRedoLog(log, [[node('run-1', 4, 'b')], [node('run-1', 6, 'c')]]);
    const bytes = readFileSync(log);
    const second = 12 + bytes.readUInt32LE(4);
    bytes[second + 40] = (bytes[second + 40] ?? 0) ^ 1;
    writeFileSync(log, bytes);
    await takeOver();
    expect(await seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  it.each([0, 5, 512 * 1024])('may be empty (%i bytes)', async (length) => {
    writeFileSync(log, Buffer.alloc(length));
    await takeOver();
    expect([await seqs(), existsSync(log)]).toEqual([[1], false]);
  });
});
