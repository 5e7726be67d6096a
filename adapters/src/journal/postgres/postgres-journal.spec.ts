import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Journal } from '@heddle/core';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, journalSuite, labelled, records } from '@heddle/core/testing';
import { FolderBlobs } from '../../blobs/index.js';
import { openPostgres, type PostgresDatabase } from '../../postgres/open-postgres.js';
import { openTestDatabase, type TestDatabase } from '../../testing/test-database.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { wallClock } from '../../testing/wall-clock.js';
import { fuzzJournal, type FuzzedJournal } from '../__fixtures__/journal-fuzz.js';
import { createPostgresJournal } from './postgres-journal.js';

describe('Postgres journal', () => {
  let postgres: TestDatabase;
  let database: PostgresDatabase;
  let temporary: ReturnType<typeof temporaryFolder>;
  let journal: Journal;
  beforeAll(async () => {
    postgres = await openTestDatabase();
    database = await openPostgres({ url: postgres.url, clock: wallClock, connections: 2 });
  }, 120_000);
  beforeEach(async () => {
    temporary = temporaryFolder();
    await postgres.query(
      'TRUNCATE heddle.runs, heddle.bundles, heddle.records, heddle.human_inputs, heddle.deltas, heddle.idempotency_keys',
    );
    journal = createPostgresJournal(database, {
      blobs: new FolderBlobs(join(temporary.folder, 'blobs')),
      clock: wallClock,
    });
  });
  afterEach(async () => {
    await journal.close();
    temporary.remove();
  });
  afterAll(async () => {
    await database?.close();
    await postgres?.close();
  });

  for (const promise of journalSuite) it(promise.name, () => promise.run(journal));

  it('keeps characters that Postgres cannot store, and finds no run with such a name', async () => {
    const odd = 'a\u0000b\uD800';
    const acceptance = acceptanceOf('run-1', {
      workflowName: odd,
      workflowId: odd,
      inputs: { question: labelled(odd) },
    });
    await journal.accept(acceptance, bundleNamed('Sample'));
    expect(await journal.acceptance('run-1')).toEqual(acceptance);
    await appendTo(journal, 'run-1', [records.nodeEnd('a', odd), records.humanInputStart(odd)]);
    expect(await journal.events('run-1')).toMatchObject([{ outputs: { text: { value: odd } } }, { requestId: odd }]);
    expect(await journal.requests()).toMatchObject([{ requestId: odd }]);
    await appendTo(journal, 'run-1', [records.humanInputEnd(odd)]);
    expect(await journal.requests()).toEqual([]);
    journal.saveDeltas('run-1', [
      { type: 'node-delta', runId: 'run-1', time: 1, path: 'b', attempt: 1, port: 'text', offset: 0, delta: odd },
    ]);
    expect(await journal.streams('run-1')).toMatchObject([{ text: odd }]);
    const error = { code: 'node_failed', message: odd, retryable: false };
    await appendTo(journal, 'run-1', [{ type: 'run-end', time: 9, status: 'failed', error }]);
    expect((await journal.list({ search: 'A\u0000B' })).map(({ error: found }) => found)).toEqual([error]);
    for (const ask of [() => journal.summary('x\u0000'), () => appendTo(journal, 'x\u0000', [records.runStart()])])
      await expect(ask()).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(acceptRun(journal, 'x\u0000')).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('returns what was appended, in order and with any page size, across restarts and crashes', async () => {
    const blobs = new FolderBlobs(join(temporary.folder, 'blobs'));
    const openFuzzed = async (): Promise<FuzzedJournal> => {
      await postgres.query('TRUNCATE heddle.runs, heddle.records, heddle.bundles, heddle.human_inputs, heddle.deltas');
      const opened: Journal[] = [];
      const open = (): Journal => {
        const next = createPostgresJournal(database, { blobs, clock: wallClock });
        opened.push(next);
        return next;
      };
      let current = open();
      return {
        get journal() {
          return current;
        },
        async restart() {
          await current.close();
          current = open();
        },
        async crash() {
          current = open();
        },
        later: () => Promise.resolve(),
        // Another process accepts a run, and reads the writes of this process.
        async writeAsOther() {
          await acceptRun(open(), `other-${opened.length}`);
        },
        async close() {
          for (const one of opened) await one.close();
        },
      };
    };
    await fuzzJournal(openFuzzed, 12);
  }, 120_000);
});
