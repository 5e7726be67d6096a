import { dirname } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '@heddle/core';
import { acceptRun, appendTo, records } from '@heddle/core/testing';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { copyData } from './__fixtures__/copy-data.js';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const path = fc.constantFrom('a', 'each#1/loop@2');
const attempt = fc.constantFrom(1, 1, 1, 2);
const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant('x'.repeat(66_000)));
const usage = { inputTokens: 3, outputTokens: 2, cost: 0.5 };

const record: fc.Arbitrary<RunRecord> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('node-start' as const), time: fc.nat(100), path, attempt }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('node-end' as const),
      time: fc.nat(100),
      started: fc.nat(100),
      path,
      attempt,
      outputs: fc.dictionary(
        fc.string(),
        value.map((entry) => ({ value: entry, label: { level: 'internal' as const, marks: [] } })),
        { maxKeys: 2 },
      ),
      usage: fc.constant(usage),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('node-error' as const),
      time: fc.nat(100),
      started: fc.nat(100),
      path,
      attempt,
      error: fc.constant({ code: 'node_failed', message: 'No.', retryable: false }),
      isCarried: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('node-retry' as const),
      time: fc.nat(100),
      path,
      attempt,
      error: fc.constant({ code: 'node_failed', message: 'No.', retryable: true }),
      dueAt: fc.nat(100),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<RunRecord>(
      records.runStart(),
      records.suspend(50),
      records.humanInputStart('ask'),
      { type: 'run-resume', time: 1, reason: 'timer' },
      { type: 'run-pause', time: 1, reason: 'stop' },
    ),
  },
);

/**
 * One thing that happens: an append to one of two runs, waited for or not, streamed text, a write of another program, a restart, an end
 * without a stop, or time that goes by.
 */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      run: fc.constantFrom('run-1', 'run-2'),
      batch: fc.array(record, { minLength: 1, maxLength: 5 }),
      isAwaited: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom('restart' as const, 'crash' as const, 'later' as const) },
  { weight: 2, arbitrary: fc.constantFrom('stream' as const, 'other program' as const) },
);

/** A write that SQLite tells every other connection of, so that nothing remembered counts any more. */
function writeAsOther(file: string): void {
  const other = new Database(file);
  other.prepare("INSERT OR REPLACE INTO bundles VALUES ('other', ?)").run(String(Math.random()));
  other.close();
}

const textOf = (runId: string) =>
  ({
    type: 'node-delta',
    runId,
    time: 1,
    path: 'streaming',
    attempt: 1,
    port: 'text',
    offset: 0,
    delta: 'x'.repeat(5_000), // long enough to be stored with the next commit
  }) as const;

const asJson = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

describe('SQLite journal, against a list', () => {
  it('gives back whatever was appended, in order and by any page, across restarts (J2, J5)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 30 }),
        async (steps, after, limit) => {
          const temporary = temporaryFolder();
          let opened = openJournal(temporary.folder);
          const left: OpenJournal[] = [];
          const lists: Record<'run-1' | 'run-2', RunRecord[]> = { 'run-1': [], 'run-2': [] };
          await acceptRun(opened.journal, 'run-1');
          await acceptRun(opened.journal, 'run-2');
          let open: Promise<number>[] = [];
          for (const entry of steps) {
            if (entry === 'restart') {
              await Promise.all(open.splice(0));
              await opened.close();
              opened = openJournal(dirname(opened.database.file));
              continue;
            }
            if (entry === 'later') {
              await opened.clock.advance(50);
              continue;
            }
            if (entry === 'other program') {
              writeAsOther(opened.database.file);
              continue;
            }
            if (entry === 'stream') {
              for (const runId of ['run-1', 'run-2']) opened.journal.saveDeltas(runId, [textOf(runId)]);
              continue;
            }
            if (entry === 'crash') {
              await Promise.all(open.splice(0));
              // Nothing of what the old one does counts any more: the new one works in another folder.
              const folder = copyData(dirname(opened.database.file));
              left.push(opened);
              opened = openJournal(folder);
              continue;
            }
            const list = lists[entry.run];
            const first = list.length + 1;
            list.push(...entry.batch);
            open.push(appendTo(opened.journal, entry.run, entry.batch).then((seq) => (expect(seq).toBe(first), seq)));
            if (entry.isAwaited) await Promise.all(open.splice(0));
          }
          await Promise.all(open);
          open = [];
          for (const [runId, list] of Object.entries(lists)) {
            const expected = list.map((entry, index) => ({ ...entry, runId, seq: index + 1 }));
            expect(await opened.journal.events(runId)).toEqual(asJson(expected));
            expect(await opened.journal.events(runId, { after, limit })).toEqual(
              asJson(expected.slice(after, after + limit)),
            );
            const ends = list.filter((entry) => entry.type === 'node-end').length;
            expect(await opened.journal.summary(runId)).toMatchObject({
              lastSeq: list.length,
              inputTokens: 3 * ends,
              outputTokens: 2 * ends,
              cost: 0.5 * ends,
            });
          }
          for (const one of [...left, opened]) await one.close();
          temporary.remove();
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
