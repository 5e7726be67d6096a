import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import type { HeddleDatabase } from '../../database/open-database.js';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { JournalReads } from '../journal-reads.js';
import { createRunEvents } from '../run-events.js';

/** More than one page of a run. */
const executions = 2_000;
const paths = Array.from({ length: executions }, (_, index) => `n${index}`);

describe('a long run in the SQLite journal', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  beforeEach(async () => {
    temporary = temporaryFolder();
    opened = openJournal(temporary.folder);
    await acceptRun(opened.journal, 'run-1');
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  it('is read once, even when every execution began before the first one ended', async () => {
    const { journal, database, blobs } = opened;
    await appendTo(
      journal,
      'run-1',
      paths.map((path) => records.nodeStart(path)),
    );
    await appendTo(
      journal,
      'run-1',
      paths.map((path) => records.nodeEnd(path)),
    );
    let readRows = 0;
    watchRows(database.connection, () => (readRows += 1));
    const events = await createRunEvents(database, blobs, new JournalReads(database.file, undefined)).events('run-1');
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 2 * executions }, (_, index) => index + 1));
    expect(readRows).toBe(executions);
  });

  it('reads only the rows of one execution on request', async () => {
    const { journal, database, blobs } = opened;
    await appendTo(
      journal,
      'run-1',
      paths.map((path) => records.nodeEnd(path, 'x'.repeat(100_000).concat(path))).slice(0, 20),
    );
    let readRows = 0;
    watchRows(database.connection, () => (readRows += 1));
    const readBlob = jest.spyOn(blobs, 'get');
    const events = createRunEvents(database, blobs, new JournalReads(database.file, undefined));
    expect(await events.events('run-1', { path: 'n7' })).toMatchObject([
      { type: 'node-end', path: 'n7', outputs: { text: { value: expect.stringMatching(/^x{100000}n7$/) } } },
    ]);
    expect([readRows, readBlob.mock.calls.length]).toEqual([1, 1]);
  });

  it('returns each event once when an execution ends during the read', async () => {
    const { journal } = opened;
    await appendTo(journal, 'run-1', [records.nodeStart('open'), ...paths.map((path) => records.nodeStart(path))]);
    const reading = journal.events('run-1');
    await appendTo(journal, 'run-1', [records.nodeEnd('open')]);
    const events = await reading;
    expect(events.at(-1)).toMatchObject({ type: 'node-end', path: 'open' });
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: executions + 2 }, (_, index) => index + 1));
  });
});

/** Calls `read` for each row that the statements prepared from now on read. */
function watchRows(connection: HeddleDatabase['connection'], read: () => void): void {
  const prepare = connection.prepare.bind(connection);
  jest.spyOn(connection, 'prepare').mockImplementation((sql: string) => {
    const statement = prepare(sql);
    const all = statement.all.bind(statement);
    const iterate = statement.iterate.bind(statement);
    statement.all = (...values) => {
      const rows = all(...values);
      rows.forEach(read);
      return rows;
    };
    statement.iterate = function* (...values) {
      for (const row of iterate(...values)) {
        read();
        yield row;
      }
    };
    return statement;
  });
}
