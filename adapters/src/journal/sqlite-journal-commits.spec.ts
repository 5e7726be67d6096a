import { renameSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { Journal } from '@heddle/core';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

describe('the commits of the SQLite journal', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  let journal: Journal;
  beforeEach(() => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
    journal = opened.journal;
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  const delta = (path: string, offset: number, text: string, attempt = 1) =>
    ({ type: 'node-delta', runId: 'run-1', time: 1, path, attempt, port: 'text', offset, delta: text }) as const;

  it('refuses whole appends in order on a full disk, and continues without a gap when there is space', async () => {
    await acceptRun(journal, 'run-1');
    await acceptRun(journal, 'run-2');
    await appendTo(journal, 'run-1', [records.runStart()]);
    const pages = Number(opened.database.connection.pragma('page_count', { simple: true }));
    opened.database.connection.pragma(`max_page_count = ${pages}`);
    journal.saveDeltas('run-1', [delta('a', 0, 'text '.repeat(2_000))]);
    const results = await Promise.allSettled([
      appendTo(journal, 'run-1', [records.nodeEnd('a', 'x'.repeat(30_000))]),
      appendTo(journal, 'run-1', [records.runEnd()]),
      journal.accept(acceptanceOf('run-3', { inputs: { text: labelled('x'.repeat(30_000)) } }), bundleNamed('A')),
    ]);
    for (const result of results)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'storage_full', retryable: true } });
    expect(await journal.summary('run-1')).toMatchObject({ status: 'running', lastSeq: 1 });
    opened.database.connection.pragma('max_page_count = 1000000');
    expect(
      await Promise.all([
        appendTo(journal, 'run-1', [records.nodeEnd('b', 'x'.repeat(30_000))]),
        appendTo(journal, 'run-1', [records.runEnd()]),
      ]),
    ).toEqual([2, 3]);
    await acceptRun(journal, 'run-3');
    expect((await journal.events('run-1')).map((event) => event.seq)).toEqual([1, 2, 3]);
  });

  it('keeps streamed text that could not be stored, and stores it later', async () => {
    await acceptRun(journal, 'run-1');
    const pages = Number(opened.database.connection.pragma('page_count', { simple: true }));
    opened.database.connection.pragma(`max_page_count = ${pages}`);
    journal.saveDeltas('run-1', [delta('a', 0, 'x'.repeat(9_000))]);
    expect(await journal.streams('run-1')).toEqual([]);
    journal.saveDeltas('run-1', [delta('a', 9_000, 'y')]);
    opened.database.connection.pragma('max_page_count = 1000000');
    expect((await journal.streams('run-1'))[0]?.text).toBe(`${'x'.repeat(9_000)}y`);
  });

  it('notices what another process has written to the same run', async () => {
    await acceptRun(journal, 'run-1');
    const other = openJournal(temporary.folder);
    const firsts = [];
    for (const writer of [journal, other.journal, journal, other.journal])
      firsts.push(await appendTo(writer, 'run-1', [records.nodeStart('a'), records.nodeStart('b')]));
    expect(firsts).toEqual([1, 3, 5, 7]);
    await appendTo(other.journal, 'run-1', [records.runEnd()]);
    await expect(appendTo(journal, 'run-1', [records.runEnd('cancelled')])).rejects.toMatchObject({
      code: 'run_terminal',
    });
    await other.close();
  });

  it('continues the numbers of another program, and stores streamed text in the same commit', async () => {
    await acceptRun(journal, 'run-1');
    await appendTo(journal, 'run-1', [records.runStart()]);
    const seqs = [await appendTo(journal, 'run-1', [records.nodeStart('a'), records.nodeEnd('a')])];
    const other = new Database(opened.database.file);
    other.exec("INSERT INTO bundles VALUES ('other', 'something')");
    other.close();
    journal.saveDeltas('run-1', [delta('b', 0, 'x'.repeat(5_000))]);
    seqs.push(await appendTo(journal, 'run-1', [records.nodeStart('b'), records.nodeEnd('b')]));
    expect(seqs).toEqual([2, 4]);
    expect((await journal.events('run-1')).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it('reports that another program holds the database, and continues afterwards', async () => {
    await opened.close();
    opened = openJournal(temporary.folder, { busyMs: 120 });
    journal = opened.journal;
    await acceptRun(journal, 'run-1');
    const other = new Database(opened.database.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(appendTo(journal, 'run-1', [records.runStart()])).rejects.toMatchObject({
      code: 'storage_locked',
      retryable: true,
    });
    other.exec('COMMIT');
    other.close();
    expect(await appendTo(journal, 'run-1', [records.runStart()])).toBe(1);
  });

  it('waits outside the event loop while another program holds the database, and keeps the order', async () => {
    await acceptRun(journal, 'run-1');
    const other = new Database(opened.database.file);
    other.exec('BEGIN IMMEDIATE');
    const seqs = [appendTo(journal, 'run-1', [records.runStart()])];
    for (let node = 0; node < 300; node += 1) seqs.push(appendTo(journal, 'run-1', [records.nodeStart(`n${node}`)]));
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    // If the wait blocked the event loop, all timers would fire at its end.
    await new Promise((resolve) => setTimeout(resolve, 300));
    clearInterval(timer);
    other.exec('COMMIT');
    other.close();
    expect(await Promise.all(seqs)).toEqual(seqs.map((_, index) => index + 1));
    expect(ticks).toBeGreaterThan(1);
  });

  it('reports that its file was moved, removed or replaced, and writes nothing then', async () => {
    opened.database.checkWritable();
    renameSync(opened.database.file, `${opened.database.file}.gone`);
    expect(() => opened.database.checkWritable()).toThrow(/moved, removed or replaced/);
    await expect(acceptRun(journal, 'run-1')).rejects.toThrow(/moved, removed or replaced/);
    renameSync(`${opened.database.file}.gone`, opened.database.file);
    opened.database.checkWritable();
    await expect(journal.summary('run-1')).rejects.toMatchObject({ code: 'run_not_found' });
    await acceptRun(journal, 'run-1');
  });

  it('refuses one append of a shared commit without affecting the others', async () => {
    await acceptRun(journal, 'run-1');
    await acceptRun(journal, 'run-2');
    const results = await Promise.allSettled([
      appendTo(journal, 'run-1', [records.runEnd()]),
      appendTo(journal, 'run-1', [records.runStart()]),
      appendTo(journal, 'none', [records.runStart()]),
      appendTo(journal, 'run-2', [records.runStart()]),
    ]);
    expect(
      results.map((result) =>
        result.status === 'fulfilled' ? result.value : (result.reason as { code: string }).code,
      ),
    ).toEqual([1, 'run_terminal', 'run_not_found', 1]);
  });

  it('refuses a value that is not JSON before anything is written', async () => {
    await acceptRun(journal, 'run-1');
    await expect(appendTo(journal, 'run-1', [records.runStart(), records.nodeEnd('a', 1n)])).rejects.toThrow(/BigInt/);
    expect(await appendTo(journal, 'run-1', [records.runStart()])).toBe(1);
  });

  it('refuses a value that JSON cannot express, small or large, as not retryable', async () => {
    await acceptRun(journal, 'run-1');
    for (const value of [{ count: 1n }, Array(40_000).fill(1n)])
      await expect(appendTo(journal, 'run-1', [records.runStart(), records.nodeEnd('a', value)])).rejects.toMatchObject(
        {
          code: 'node_output_invalid',
          retryable: false,
          message: expect.stringMatching(/(?:output of|value of a node) .* BigInt/),
        },
      );
    expect(await appendTo(journal, 'run-1', [records.runStart()])).toBe(1);
  });

  it('writes a value of any depth and size in slices, and reads it unchanged', async () => {
    await acceptRun(journal, 'run-1');
    let deep: unknown = 'end';
    for (let level = 0; level < 500; level += 1) deep = [deep];
    const rows = Array.from({ length: 40_000 }, (_, index) => ({ index, text: `row "${index}" 😀` }));
    const values = [deep, rows, '😀\n'.repeat(700_000)];
    for (const [index, value] of values.entries())
      await appendTo(journal, 'run-1', [records.nodeEnd(`n${index}`, value)]);
    const events = await journal.events('run-1');
    for (const [index, value] of values.entries())
      expect(events[index]).toMatchObject({ outputs: { text: { value } } });
  });

  it('is not changed when a caller changes a record after the call', async () => {
    await acceptRun(journal, 'run-1');
    const value = { list: [1] };
    const appended = appendTo(journal, 'run-1', [records.nodeEnd('a', value)]);
    value.list.push(2);
    await appended;
    expect(await journal.events('run-1')).toMatchObject([{ outputs: { text: { value: { list: [1] } } } }]);
  });
});
