import { join } from 'node:path';
import { utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Journal, RunRecord } from '@heddle/core';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { runChild } from '../../testing/run-child.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { createJobStore } from '../job-store.js';
import { referredBlobs } from '../../database/referred-blobs.js';
import { sqliteTables } from '../../database/sqlite-tables.js';
import { createRetention, type RetentionLimits } from './retention.js';

const long = 'x'.repeat(100_000);

describe('retention', () => {
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

  const count = (table: string): unknown =>
    opened.database.connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  const ids = async (): Promise<string[]> => (await journal.list({})).map(({ runId }) => runId).sort();
  const endAt = (time: number): RunRecord => ({ ...records.runEnd(), time });
  const runTo = async (runId: string, end: number | undefined, more: readonly RunRecord[] = []): Promise<void> => {
    await journal.accept(
      acceptanceOf(runId, { time: 100, inputs: { text: labelled('secret input') } }),
      bundleNamed('A'),
    );
    await appendTo(journal, runId, [
      records.runStart(),
      ...more,
      records.nodeEnd('a', 'secret result'),
      ...(end === undefined ? [] : [endAt(end)]),
    ]);
  };
  const sweep = (limits: RetentionLimits): Record<string, number> => {
    const retention = createRetention(opened.database);
    const removed: Record<string, number> = {};
    for (let step = retention.step(limits, 9_000); ; step = retention.step(limits, 9_000)) {
      for (const [name, number] of Object.entries(step.removed)) removed[name] = (removed[name] ?? 0) + number;
      if (step.isDone) return removed;
    }
  };

  it('removes runs that ended before the limit, with their records and documents, and no other', async () => {
    await runTo('old', 1_000);
    await runTo('young', 3_000);
    await runTo('running', undefined);
    await appendTo(journal, 'running', [records.suspend(5_000)]);
    await journal.accept(acceptanceOf('other', { time: 100 }), bundleNamed('B'));
    await appendTo(journal, 'other', [endAt(1_000)]);
    await acceptRun(journal, 'newest');
    expect(count('bundles')).toBe(3);
    expect(sweep({ runs: 2_000 })).toEqual({ runs: 2 });
    expect(await ids()).toEqual(['newest', 'running', 'young']);
    await expect(journal.events('old')).rejects.toMatchObject({ code: 'run_not_found' });
    expect(count('bundles')).toBe(2);
    expect(count('records')).toBe((await journal.events('young')).length + (await journal.events('running')).length);
    expect(count('removals')).toBe(0);
  });

  it('names the runs that it removed, with what tells who may see them', async () => {
    await runTo('old', 1_000);
    const caller = { principal: 'user:1', project: 'other' };
    await journal.accept(acceptanceOf('loose', { time: 100, workflowId: undefined, caller }), bundleNamed('A'));
    await appendTo(journal, 'loose', [endAt(1_000)]);
    await acceptRun(journal, 'newest');
    expect(createRetention(opened.database).step({ runs: 2_000 }, 9_000)).toEqual({
      removed: { runs: 2 },
      runs: [
        { runId: 'old', workflowId: 'workflow-1' },
        { runId: 'loose', caller },
      ],
      isDone: false,
    });
  });

  it('keeps the newest run whatever its age, so that its number is not given to another', async () => {
    await runTo('old', 1_000);
    await runTo('last', 1_000);
    sweep({ runs: 2_000 });
    expect(await ids()).toEqual(['last']);
    await acceptRun(journal, 'next');
    expect(await journal.events('next')).toEqual([]);
  });

  it('keeps a run whose results a run that has not ended may still take, until that has ended', async () => {
    await runTo('first', 1_000);
    await journal.accept(
      acceptanceOf('second', { time: 100, rootId: 'first', origin: 'first', reused: ['a'] }),
      bundleNamed('A'),
    );
    await acceptRun(journal, 'newest');
    expect(sweep({ runs: 2_000, values: 2_000 })).toEqual({});
    expect((await journal.events('first'))[1]).toMatchObject({ outputs: { text: { value: 'secret result' } } });
    await appendTo(journal, 'second', [endAt(1_500)]);
    sweep({ runs: 2_000 });
    expect(await ids()).toEqual(['newest']);
  });

  it('removes one run at once, the newest too, and nothing of it is found under the number that is given again', async () => {
    const retention = createRetention(opened.database);
    await runTo('old', 1_000);
    await runTo('last', 1_000);
    await runTo('running', undefined);
    expect(['old', 'running', 'nobody'].map((runId) => retention.remove(runId))).toEqual([
      'removed',
      'unfinished',
      'unknown',
    ]);
    await appendTo(journal, 'running', [endAt(2_000)]);
    expect(['running', 'last'].map((runId) => retention.remove(runId))).toEqual(['removed', 'removed']);
    expect([await ids(), ...['records', 'bundles', 'human_inputs', 'deltas', 'removals'].map(count)]).toEqual([
      [],
      0,
      0,
      0,
      0,
      0,
    ]);
    await expect(journal.summary('last')).rejects.toMatchObject({ code: 'run_not_found' });
    await runTo('next', 3_000);
    expect((await journal.events('next')).map(({ type }) => type)).toEqual(['run-start', 'node-end', 'run-end']);
  });

  it('removes no run whose results a run that has not ended may still take', async () => {
    const retention = createRetention(opened.database);
    await runTo('first', 1_000);
    await journal.accept(
      acceptanceOf('second', { time: 100, rootId: 'first', origin: 'first', reused: ['a'] }),
      bundleNamed('A'),
    );
    expect(retention.remove('first')).toBe('needed');
    await appendTo(journal, 'second', [endAt(1_500)]);
    expect(retention.remove('first')).toBe('removed');
    expect(await ids()).toEqual(['second']);
  });

  it('keeps every run of a chain that one which has not ended goes on from, however far back', async () => {
    const retention = createRetention(opened.database);
    await runTo('first', 1_000);
    const goOn = (runId: string, origin: string): Promise<string> =>
      journal.accept(acceptanceOf(runId, { time: 100, rootId: 'first', origin, reused: ['a'] }), bundleNamed('A'));
    await goOn('second', 'first');
    await appendTo(journal, 'second', [endAt(1_200)]);
    await goOn('third', 'second');
    await acceptRun(journal, 'newest');
    expect(sweep({ runs: 2_000, values: 2_000 })).toEqual({});
    expect(['first', 'second'].map((runId) => retention.remove(runId))).toEqual(['needed', 'needed']);
    await appendTo(journal, 'third', [endAt(1_500)]);
    expect(retention.remove('first')).toBe('removed');
    sweep({ runs: 2_000 });
    expect(await ids()).toEqual(['newest']);
  });

  it('takes the values of a run away and leaves what tells that it ran', async () => {
    const asked: RunRecord = records.humanInputStart('ask-1');
    await runTo('old', 1_000, [
      records.nodeEnd('large', long),
      { type: 'node-step', time: 1, path: 'a', attempt: 1, key: 'k', value: labelled('secret step') },
      { ...asked, question: { title: 'May it?', body: 'secret body', schema: {} } } as RunRecord,
      {
        type: 'human-input-end',
        time: 1,
        path: 'a',
        attempt: 1,
        requestId: 'ask-1',
        key: 'k',
        outcome: 'answered',
        value: 'secret',
      },
    ]);
    await acceptRun(journal, 'newest');
    const before = await journal.events('old');
    expect(sweep({ values: 2_000 })).toEqual({ values: 1 });
    const after = await journal.events('old');
    expect(after.map(({ type, seq, time }) => [type, seq, time])).toEqual(
      before.map(({ type, seq, time }) => [type, seq, time]),
    );
    expect(JSON.stringify([after, await journal.acceptance('old')])).not.toMatch(/secret|xxxx/);
    expect(await journal.summary('old')).toMatchObject({
      status: 'done',
      valuesRemovedAt: 9_000,
      lastSeq: before.length,
    });
    expect(count('records WHERE blobs IS NOT NULL')).toBe(0);
    expect(sweep({ values: 2_000 })).toEqual({});
  });

  it('takes what the caller asked for away, alone or with the values', async () => {
    for (const [runId, asked] of [
      ['short', { text: 'asked-short' }],
      ['long', { text: 'asked-long', long }],
      ['other', { text: 'asked-other' }],
    ] as const) {
      const inputs = { text: labelled('an input'), large: labelled(`${long}${runId}`) };
      await journal.accept(acceptanceOf(runId, { time: 100, inputs, asked }), bundleNamed('A'));
      expect((await journal.acceptance(runId)).asked).toEqual(asked);
    }
    const retention = createRetention(opened.database);
    for (const runId of ['short', 'long', 'unknown']) retention.forgetAsked(runId);
    for (const runId of ['short', 'long']) {
      const { asked, inputs } = await journal.acceptance(runId);
      expect([asked, inputs['text']?.value, inputs['large']?.value]).toEqual([
        undefined,
        'an input',
        `${long}${runId}`,
      ]);
    }
    await appendTo(journal, 'other', [endAt(1_000)]);
    await acceptRun(journal, 'newest');
    expect(sweep({ values: 2_000 })).toEqual({ values: 1 });
    expect((await journal.acceptance('other')).asked).toBeUndefined();
  });

  it('goes on at the next start where a kill came in the middle', async () => {
    for (const runId of ['a', 'b', 'c']) {
      const many = Array.from({ length: 300 }, (_, index) => records.nodeEnd(`n${index}`));
      await runTo(runId, 1_000, many);
    }
    await acceptRun(journal, 'newest');
    await opened.close();
    const entry = new URL('./__fixtures__/retention-child.js', import.meta.url);
    const end = await runChild(entry, [opened.database.file, '2000', '3']);
    expect(end.signal).toBe('SIGKILL');
    opened = openJournal(temporary.folder);
    journal = opened.journal;
    expect(await ids()).toEqual(['newest']);
    expect(Number(count('records'))).toBeGreaterThan(0);
    sweep({});
    expect([count('records'), count('removals')]).toEqual([0, 0]);
  });

  it('removes streamed text that a crash left behind an ended run, and finished jobs', async () => {
    await runTo('old', 1_000);
    opened.database.connection.exec(
      "INSERT INTO deltas (run, path, attempt, port, start, text) VALUES (1, 'a', 1, 'text', 0, 'left'), (99, 'a', 1, 'text', 0, 'left')",
    );
    const jobs = createJobStore(sqliteTables(opened.database), { clock: opened.clock });
    const { jobId } = await jobs.create({ kind: 'ingest', subject: 'old' });
    await jobs.update(jobId, { status: 'done', endedAt: 1_000 });
    await jobs.create({ kind: 'ingest', subject: 'waiting' });
    expect(sweep({ jobs: 2_000 })).toEqual({ jobs: 1, streams: 2 });
    expect((await jobs.list()).map(({ subject }) => subject)).toEqual(['waiting']);
  });

  it('removes blobs that nothing names, by any table, once they are old', async () => {
    await runTo('old', undefined, [records.nodeEnd('large', long)]);
    const about = { name: 'f.txt', mediaType: 'text/plain' };
    const put = (text: string) => opened.blobs.put(new TextEncoder().encode(text), about);
    const [inInput, inDocument, orphan, again] = [await put('1'), await put('2'), await put('3'), await put('4')];
    await journal.accept(acceptanceOf('with-file', { inputs: { file: labelled(inInput) } }), bundleNamed('A'));
    opened.database.connection.exec(
      `CREATE TABLE later (key TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID; INSERT INTO later VALUES ('k', '{"file":"${inDocument.id}"}')`,
    );
    const old = new Date(1_000);
    const age = (id: string): void => {
      const hex = id.slice(7);
      for (const end of ['', '.json'])
        utimesSync(join(temporary.folder, 'blobs', hex.slice(0, 2), `${hex.slice(2)}${end}`), old, old);
    };
    for (const { id } of [inInput, inDocument, orphan, again]) age(id);
    await put('4');
    const referred = await referredBlobs(opened.database);
    expect([inInput, inDocument, orphan].map(({ id }) => referred.has(id))).toEqual([true, true, false]);
    const swept = await opened.blobs.sweep({ isReferred: (id) => referred.has(id), before: 2_000 });
    expect(swept).toEqual({ files: 1, bytes: 1 });
    expect(await Promise.all([inInput, inDocument, orphan, again].map(({ id }) => opened.blobs.has(id)))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect((await journal.events('old'))[1]).toMatchObject({ outputs: { text: { value: long } } });
  });
});
