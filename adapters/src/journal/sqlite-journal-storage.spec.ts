import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lostOf, type Journal, type RunRecord } from '@heddle/core';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../testing/open-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

describe('the SQLite journal in its file', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let opened: OpenJournal;
  let journal: Journal;
  const open = (): void => {
    opened = openJournal(temporary.folder);
    journal = opened.journal;
  };
  beforeEach(() => {
    temporary = temporaryFolder();
    open();
  });
  afterEach(async () => {
    await opened.close();
    temporary.remove();
  });

  const ask = (sql: string): unknown => opened.database.connection.prepare(sql).pluck().get();
  const reopen = async (): Promise<void> => {
    await opened.close();
    open();
  };
  const delta = (path: string, offset: number, text: string, attempt = 1) =>
    ({ type: 'node-delta', runId: 'run-1', time: 1, path, attempt, port: 'text', offset, delta: text }) as const;
  const blobFiles = (): string[] =>
    readdirSync(join(temporary.folder, 'blobs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /^..\/[0-9a-f]{62}$/.test(name),
    );

  it('has the same content after a restart', async () => {
    await acceptRun(journal, 'run-1');
    await appendTo(journal, 'run-1', [
      records.runStart(),
      records.nodeStart('open'),
      records.nodeStart('a'),
      records.nodeEnd('a'),
      records.humanInputStart('ask-1'),
      records.suspend(7_000, ['ask-1']),
    ]);
    journal.saveDeltas('run-1', [delta('open', 0, 'so far')]);
    const before = [
      await journal.streams('run-1'),
      await journal.events('run-1'),
      await journal.summary('run-1'),
      await journal.requests(),
      await journal.due(),
      await journal.unfinished(),
    ];
    await reopen();
    expect([
      await journal.streams('run-1'),
      await journal.events('run-1'),
      await journal.summary('run-1'),
      await journal.requests(),
      await journal.due(),
      await journal.unfinished(),
    ]).toEqual(before);
    expect(before[0]).toEqual([{ path: 'open', attempt: 1, port: 'text', text: 'so far' }]);
    expect(await appendTo(journal, 'run-1', [{ type: 'run-resume', time: 7_001, reason: 'timer' }])).toBe(7);
  });

  it('has one row per execution, whether start and end came together or apart (D6)', async () => {
    await acceptRun(journal, 'run-1');
    const appends: RunRecord[][] = [
      [records.nodeStart('together'), records.nodeEnd('together')],
      [records.nodeStart('apart'), records.nodeStart('after-restart'), records.nodeStart('retried')],
      [records.nodeEnd('apart')],
      [
        {
          type: 'node-retry',
          time: 1_020,
          path: 'retried',
          attempt: 1,
          error: { code: 'node_failed', message: 'No.', retryable: true },
          dueAt: 2_000,
        },
      ],
      [
        records.nodeStart('retried', 2),
        records.nodeStart('crossed'),
        {
          type: 'node-error',
          time: 1_030,
          path: 'retried',
          attempt: 2,
          started: 1_002,
          error: { code: 'node_failed', message: 'No.', retryable: false },
          isCarried: true,
        },
        records.nodeEnd('crossed'),
      ],
    ];
    for (const append of appends) await appendTo(journal, 'run-1', append);
    await reopen();
    const last = [{ ...records.nodeEnd('after-restart'), started: 977 } as RunRecord];
    await appendTo(journal, 'run-1', last);
    const all = [...appends, last].flat();
    expect(await journal.events('run-1')).toEqual(
      all.map((record, index) => ({ ...record, runId: 'run-1', seq: index + 1 })),
    );
    expect(ask('SELECT count(*) FROM records')).toBe(6);
    for (let after = 0; after < all.length; after += 1) {
      for (let limit = 1; limit < all.length; limit += 1) {
        const seqs = (await journal.events('run-1', { after, limit })).map((event) => event.seq);
        expect(seqs).toEqual(all.map((_, index) => index + 1).slice(after, after + limit));
      }
    }
  });

  it('keeps a large value once, by its content, outside the database', async () => {
    const large = 'ü'.repeat(40_000);
    await journal.accept(
      acceptanceOf('run-1', { inputs: { text: labelled(large), small: labelled('x') } }),
      bundleNamed('A'),
    );
    await acceptRun(journal, 'run-2');
    const ends: RunRecord[] = [
      records.nodeEnd('a', large),
      {
        ...records.nodeEnd('b'),
        outputs: { one: labelled(large), two: labelled('small'), ['__proto__']: labelled(1) },
      } as RunRecord,
      { type: 'node-step', time: 1, path: 'a', attempt: 1, key: 'k', value: labelled(large) },
      {
        type: 'human-input-end',
        time: 1,
        path: 'a',
        attempt: 1,
        requestId: 'x',
        key: 'k',
        outcome: 'answered',
        value: large,
      },
    ];
    for (const runId of ['run-1', 'run-2']) await appendTo(journal, runId, ends);
    await reopen();
    expect((await journal.acceptance('run-1')).inputs).toEqual({ text: labelled(large), small: labelled('x') });
    const events = await journal.events('run-2');
    expect(events).toEqual(ends.map((record, index) => ({ ...record, runId: 'run-2', seq: index + 1 })));
    expect(blobFiles()).toHaveLength(1);
    expect(Number(ask('SELECT max(length(body)) FROM records'))).toBeLessThan(1_000);
  });

  it.each([
    ['missing', (file: string) => rmSync(file)],
    ['damaged', (file: string) => writeFileSync(file, 'x')],
  ])(
    'refuses a run with a large value that is %s, and shows it without that value on request',
    async (_how, damage) => {
      await acceptRun(journal, 'run-1');
      const one = 'a'.repeat(70_000);
      const two = 'b'.repeat(70_000);
      await appendTo(journal, 'run-1', [records.nodeEnd('a', one)]);
      const [file = ''] = blobFiles();
      await appendTo(journal, 'run-1', [records.nodeEnd('b', two)]);
      damage(join(temporary.folder, 'blobs', file));
      await expect(journal.events('run-1')).rejects.toMatchObject({ code: 'storage_corrupt' });
      const [first, second] = await journal.events('run-1', { showsLost: true });
      expect(second).toMatchObject({ outputs: { text: { value: two } } });
      const value = first?.type === 'node-end' ? first.outputs['text']?.value : undefined;
      expect(lostOf(value)).toMatchObject({ code: 'storage_corrupt', message: expect.stringContaining('sha256:') });
    },
  );

  it('keeps the order when a large value is followed by small ones', async () => {
    await acceptRun(journal, 'run-1');
    const firsts = await Promise.all([
      appendTo(journal, 'run-1', [records.nodeEnd('a', 'x'.repeat(100_000))]),
      appendTo(journal, 'run-1', [records.nodeEnd('b')]),
      appendTo(journal, 'run-1', [records.nodeEnd('c', 'y'.repeat(100_000))]),
      appendTo(journal, 'run-1', [records.runEnd()]),
    ]);
    expect(firsts).toEqual([1, 2, 3, 4]);
    expect((await journal.events('run-1')).map((event) => ('path' in event ? event.path : event.type))).toEqual([
      'a',
      'b',
      'c',
      'run-end',
    ]);
  });

  it('names the missing value when a blob is gone', async () => {
    await acceptRun(journal, 'run-1');
    await appendTo(journal, 'run-1', [records.nodeEnd('a', 'x'.repeat(100_000))]);
    rmSync(join(temporary.folder, 'blobs'), { recursive: true });
    await expect(journal.events('run-1')).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringContaining('sha256:'),
    });
  });

  it('joins streamed text to one row every 50 ms, and removes it at the end of its execution', async () => {
    await acceptRun(journal, 'run-1');
    const stored = async (): Promise<unknown> => {
      await opened.clock.advance(50);
      await yieldToEventLoop();
      return ask('SELECT count(*) FROM deltas');
    };
    for (let offset = 0; offset < 100; offset += 1)
      journal.saveDeltas('run-1', [delta('a', offset, 'x'), delta('b', offset, 'y')]);
    await yieldToEventLoop();
    expect(ask('SELECT count(*) FROM deltas')).toBe(0);
    expect(await stored()).toBe(2);
    journal.saveDeltas('run-1', [delta('a', 100, 'z')]);
    expect(await stored()).toBe(3);
    expect((await journal.streams('run-1')).find((stream) => stream.path === 'a')?.text).toBe(`${'x'.repeat(100)}z`);
    await reopen();
    await appendTo(journal, 'run-1', [records.nodeEnd('a')]);
    expect((await journal.streams('run-1')).map((stream) => stream.path)).toEqual(['b']);
    journal.saveDeltas('run-1', [delta('c', 0, 'never stored')]);
    await appendTo(journal, 'run-1', [records.runEnd()]);
    expect(await stored()).toBe(0);
    expect(opened.clock.pending).toBe(0);
  });

  it('stores 4 KB of streamed text at once', async () => {
    await acceptRun(journal, 'run-1');
    journal.saveDeltas('run-1', [delta('a', 0, 'x'.repeat(2_000)), delta('a', 2_000, 'x'.repeat(2_100))]);
    await yieldToEventLoop();
    await yieldToEventLoop();
    expect(ask('SELECT count(*) FROM deltas')).toBe(1);
  });

  it('returns the streamed text of the new attempt when an attempt runs again from its top', async () => {
    await acceptRun(journal, 'run-1');
    journal.saveDeltas('run-1', [delta('a', 0, 'first '), delta('a', 6, 'try')]);
    await journal.streams('run-1');
    journal.saveDeltas('run-1', [delta('a', 0, 'other')]);
    expect(await journal.streams('run-1')).toEqual([{ path: 'a', attempt: 1, port: 'text', text: 'other' }]);
  });

  it('finds unfinished, due and listed runs by an index', () => {
    const plan = (sql: string): string =>
      opened.database.connection
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => row.detail)
        .join('; ');
    expect(
      plan("SELECT id FROM runs WHERE status IN ('queued', 'running', 'suspended') ORDER BY accepted_at, number"),
    ).toContain('runs_by_status');
    expect(plan('SELECT id FROM runs WHERE wake_at IS NOT NULL ORDER BY wake_at')).toMatch(/runs_due \(wake_at>\?\)$/);
    expect(plan('SELECT id FROM runs WHERE workflow_id = 1 ORDER BY accepted_at DESC, number DESC')).toMatch(
      /runs_by_workflow \(workflow_id=\?\)$/,
    );
    expect(plan('SELECT id FROM runs ORDER BY accepted_at DESC, number DESC')).toMatch(/runs_by_time$/);
  });

  it('accepts nothing after it is closed, and has stored what came before', async () => {
    await acceptRun(journal, 'run-1');
    const last = appendTo(journal, 'run-1', [records.nodeEnd('a', 'x'.repeat(100_000))]);
    await journal.close();
    expect(await last).toBe(1);
    await expect(appendTo(journal, 'run-1', [records.runStart()])).rejects.toMatchObject({ code: 'shutting_down' });
    await expect(acceptRun(journal, 'run-2')).rejects.toMatchObject({ code: 'shutting_down' });
    await reopen();
    expect((await journal.summary('run-1')).lastSeq).toBe(1);
  });
});
