import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { HeddleError, toHeddleError, type Journal, type RunRecord, type Tables } from '@heddle/core';
import { acceptanceOf, acceptRun, appendTo, bundleNamed, labelled, records } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { referredBlobs } from '../../database/referred-blobs.js';
import { bothJournals, type TestedJournal, type TestedJournals } from '../../testing/both-journals.js';
import { openJournal, type OpenJournal } from '../../testing/open-journal.js';
import { runChild } from '../../testing/run-child.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { wallClock } from '../../testing/wall-clock.js';
import { createJobStore } from '../job-store.js';
import { createRetention, type Retention, type RetentionLimits } from './retention.js';

const long = 'x'.repeat(100_000);
const codeOf = (error: unknown): string => toHeddleError(error).code;
const stays = (why: 'unfinished' | 'needed') => new HeddleError('run_unfinished', why);

describe.each(bothJournals)('retention in %s', (_name, open) => {
  let databases: TestedJournals;
  let opened: TestedJournal;
  let tables: Tables;
  let journal: Journal;
  let retention: Retention;
  beforeAll(async () => {
    databases = await open();
  }, 120_000);
  afterAll(() => databases?.close());
  beforeEach(async () => {
    opened = await databases.reset();
    tables = opened.tables;
    journal = opened.journalWith([]);
    retention = createRetention(tables, opened);
  });
  afterEach(() => journal.close());

  const count = async (what: string): Promise<number | undefined> =>
    (await tables.get<{ readonly count: number }>(`SELECT count(*) AS count FROM ${what}`))?.count;
  const counts = (names: readonly string[]) => Promise.all(names.map(count));
  const ids = async (): Promise<string[]> => (await journal.list({})).map(({ runId }) => runId).sort();
  /** The outcome of the removal of a run. */
  const remove = (runId: string): Promise<string> =>
    retention.remove([runId], stays).then(
      () => 'removed',
      (error: unknown) => (codeOf(error) === 'run_not_found' ? 'unknown' : toHeddleError(error).message),
    );
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
  const sweep = async (limits: RetentionLimits): Promise<Record<string, number>> => {
    const removed: Record<string, number> = {};
    for (;;) {
      const step = await retention.step(limits, 9_000);
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
    expect(await count('bundles')).toBe(3);
    expect(await sweep({ runs: 2_000 })).toEqual({ runs: 2 });
    expect(await ids()).toEqual(['newest', 'running', 'young']);
    await expect(journal.events('old')).rejects.toMatchObject({ code: 'run_not_found' });
    expect(await count('bundles')).toBe(2);
    expect(await count('records')).toBe(
      (await journal.events('young')).length + (await journal.events('running')).length,
    );
    expect(await count('removals')).toBe(0);
  });

  it('names the removed runs, with the data that decides who may see them', async () => {
    await runTo('old', 1_000);
    const caller = { principal: 'user:1', project: 'other' };
    await journal.accept(acceptanceOf('loose', { time: 100, workflowId: undefined, caller }), bundleNamed('A'));
    await appendTo(journal, 'loose', [endAt(1_000)]);
    await acceptRun(journal, 'newest');
    expect(await retention.step({ runs: 2_000 }, 9_000)).toEqual({
      removed: { runs: 2 },
      runs: [
        { runId: 'old', workflowId: 'workflow-1' },
        { runId: 'loose', caller },
      ],
      isDone: false,
    });
  });

  it('keeps the newest run whatever its age, so that its number is not used again', async () => {
    await runTo('old', 1_000);
    await runTo('last', 1_000);
    await sweep({ runs: 2_000 });
    expect(await ids()).toEqual(['last']);
    await acceptRun(journal, 'next');
    expect(await journal.events('next')).toEqual([]);
  });

  it('keeps a run while an unfinished run may reuse its results', async () => {
    await runTo('first', 1_000);
    await journal.accept(
      acceptanceOf('second', { time: 100, rootId: 'first', origin: 'first', reused: ['a'] }),
      bundleNamed('A'),
    );
    await acceptRun(journal, 'newest');
    expect(await sweep({ runs: 2_000, values: 2_000 })).toEqual({});
    expect((await journal.events('first'))[1]).toMatchObject({ outputs: { text: { value: 'secret result' } } });
    await appendTo(journal, 'second', [endAt(1_500)]);
    await sweep({ runs: 2_000 });
    expect(await ids()).toEqual(['newest']);
  });

  it('removes one run on request, even the newest, and the next run with its number inherits nothing', async () => {
    await runTo('old', 1_000);
    await runTo('last', 1_000);
    await runTo('running', undefined);
    expect([await remove('old'), await remove('running'), await remove('nobody')]).toEqual([
      'removed',
      'unfinished',
      'unknown',
    ]);
    await appendTo(journal, 'running', [endAt(2_000)]);
    expect([await remove('running'), await remove('last')]).toEqual(['removed', 'removed']);
    expect(await ids()).toEqual([]);
    expect(await counts(['records', 'bundles', 'human_inputs', 'deltas', 'removals'])).toEqual([0, 0, 0, 0, 0]);
    await expect(journal.summary('last')).rejects.toMatchObject({ code: 'run_not_found' });
    await runTo('next', 3_000);
    expect((await journal.events('next')).map(({ type }) => type)).toEqual(['run-start', 'node-end', 'run-end']);
  });

  it('refuses to remove a run while an unfinished run may reuse its results', async () => {
    await runTo('first', 1_000);
    await journal.accept(
      acceptanceOf('second', { time: 100, rootId: 'first', origin: 'first', reused: ['a'] }),
      bundleNamed('A'),
    );
    expect(await remove('first')).toBe('needed');
    await appendTo(journal, 'second', [endAt(1_500)]);
    expect(await remove('first')).toBe('removed');
    expect(await ids()).toEqual(['second']);
  });

  it('keeps every run of a chain that an unfinished run continues, at any distance', async () => {
    await runTo('first', 1_000);
    const goOn = (runId: string, origin: string): Promise<string> =>
      journal.accept(acceptanceOf(runId, { time: 100, rootId: 'first', origin, reused: ['a'] }), bundleNamed('A'));
    await goOn('second', 'first');
    await appendTo(journal, 'second', [endAt(1_200)]);
    await goOn('third', 'second');
    await acceptRun(journal, 'newest');
    expect(await sweep({ runs: 2_000, values: 2_000 })).toEqual({});
    expect([await remove('first'), await remove('second')]).toEqual(['needed', 'needed']);
    await appendTo(journal, 'third', [endAt(1_500)]);
    expect(await remove('first')).toBe('removed');
    await sweep({ runs: 2_000 });
    expect(await ids()).toEqual(['newest']);
  });

  it('removes the values of a run and keeps the facts that it ran', async () => {
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
    expect(await sweep({ values: 2_000 })).toEqual({ values: 1 });
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
    expect(await count('records WHERE blobs IS NOT NULL')).toBe(0);
    expect(await sweep({ values: 2_000 })).toEqual({});
  });

  it('removes the request as the caller sent it, alone or with the values', async () => {
    for (const [runId, asked] of [
      ['short', { text: 'asked-short' }],
      ['long', { text: 'asked-long', long }],
      ['other', { text: 'asked-other' }],
    ] as const) {
      const inputs = { text: labelled('an input'), large: labelled(`${long}${runId}`) };
      await journal.accept(acceptanceOf(runId, { time: 100, inputs, asked }), bundleNamed('A'));
      expect((await journal.acceptance(runId)).asked).toEqual(asked);
    }
    for (const runId of ['short', 'long', 'unknown']) await retention.forgetAsked(runId);
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
    expect(await sweep({ values: 2_000 })).toEqual({ values: 1 });
    expect((await journal.acceptance('other')).asked).toBeUndefined();
  });

  it('continues at the next start after a kill in the middle', async () => {
    for (const runId of ['a', 'b', 'c']) {
      const many = Array.from({ length: 700 }, (_, index) => records.nodeEnd(`n${index}`));
      await runTo(runId, 1_000, many);
    }
    await acceptRun(journal, 'newest');
    const entry = new URL('./__fixtures__/retention-child.js', import.meta.url);
    const end = await runChild(entry, [opened.location, '2000', '3']);
    expect(end.signal).toBe('SIGKILL');
    expect(await ids()).toEqual(['newest']);
    expect(await count('records')).toBeGreaterThan(0);
    await sweep({});
    expect(await counts(['records', 'removals'])).toEqual([0, 0]);
  });

  it('finishes the removal of a long run after a kill behind its first commit', async () => {
    const many = Array.from({ length: 5_100 }, (_, index) => records.nodeEnd(`n${index}`));
    await runTo('a', 1_000, many);
    await runTo('b', 1_000);
    const killed = retention.remove(['a'], stays, async (writes) => {
      await tables.commit(writes);
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await ids()).toEqual(['b']);
    await expect(journal.events('a')).rejects.toMatchObject({ code: 'run_not_found' });
    // A server removes the rest of a long run in small commits.
    expect((await count('records'))! > 5_000).toBe(!opened.isFile);
    await sweep({});
    expect(await counts(['records', 'removals'])).toEqual([(await journal.events('b')).length, 0]);
  });

  it('removes a long run completely', async () => {
    await runTo(
      'a',
      1_000,
      Array.from({ length: 5_100 }, (_, index) => records.nodeEnd(`n${index}`)),
    );
    await retention.remove(['a'], stays);
    expect(await counts(['runs', 'records', 'removals', 'bundles'])).toEqual([0, 0, 0, 0]);
  });

  it('removes all of several runs or none of them', async () => {
    await runTo('a', 1_000);
    await runTo('b', undefined);
    await expect(retention.remove(['a', 'b'], stays)).rejects.toMatchObject({ message: 'unfinished' });
    expect([await ids(), await retention.removable(['b', 'a', 'none'])]).toEqual([['a', 'b'], ['a']]);
    await appendTo(journal, 'b', [endAt(1_000)]);
    await retention.remove(['b', 'a'], stays);
    expect(await ids()).toEqual([]);
  });

  it('removes each run once when two processes sweep at once', async () => {
    for (let index = 0; index < 50; index += 1) await runTo(`old-${index}`, 1_000);
    for (let index = 0; index < 30; index += 1) await runTo(`spent-${index}`, 3_000);
    await acceptRun(journal, 'newest');
    const all = await Promise.all([
      sweep({ runs: 2_000, values: 4_000 }),
      sweep({ runs: 2_000, values: 4_000 }),
      sweep({ runs: 2_000, values: 4_000 }),
    ]);
    const sum = (name: string): number => all.reduce((total, removed) => total + (removed[name] ?? 0), 0);
    // Each removed run is named by one of the two processes.
    expect(sum('runs')).toBe(50);
    expect(await count('removals')).toBe(0);
    const spent = await Promise.all(Array.from({ length: 30 }, (_, index) => journal.events(`spent-${index}`)));
    expect(JSON.stringify(spent)).not.toContain('secret');
    expect(await count('records')).toBe(spent.flat().length);
  });

  it('spares a run that another run begins to continue at that moment, or refuses the other run', async () => {
    const outcomes: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const first = `first-${round}`;
      const next = `next-${round}`;
      await runTo(first, 1_000);
      const accepting = journal
        .accept(acceptanceOf(next, { rootId: first, origin: first, reused: ['a'] }), bundleNamed('A'))
        .then(() => 'accepted', codeOf);
      const [accepted, removed] = await Promise.all([
        accepting,
        round % 2 === 0 ? remove(first) : sweep({ runs: 2_000 }),
      ]);
      const isThere = (await ids()).includes(first);
      outcomes.push(accepted);
      if (accepted === 'accepted' && isThere) expect(removed).not.toBe('removed');
      // In one file, the acceptance is immediate: the run may be removed before, as its reader sees.
      else if (!opened.isFile) expect([accepted, isThere]).toEqual(['run_not_found', false]);
      if (accepted === 'accepted') await appendTo(journal, next, [endAt(1_000)]);
    }
    expect(outcomes).toContain('accepted');
  });

  it('keeps the bundle of a run that is accepted while the last other run with it is removed', async () => {
    for (let round = 0; round < 12; round += 1) {
      await runTo(`last-${round}`, 1_000);
      await Promise.all([
        remove(`last-${round}`),
        journal.accept(acceptanceOf(`next-${round}`), bundleNamed('A')),
        journal.accept(acceptanceOf(`other-${round}`), bundleNamed('A')),
      ]);
      expect(await journal.bundle(`next-${round}`)).toEqual(bundleNamed('A'));
      for (const runId of [`next-${round}`, `other-${round}`]) {
        await appendTo(journal, runId, [endAt(1_000)]);
        expect(await remove(runId)).toBe('removed');
      }
    }
  });

  it('removes streamed text that a crash left of an ended run, and finished jobs', async () => {
    await runTo('old', 1_000);
    const { number } = (await tables.get<{ readonly number: number }>('SELECT number FROM runs')) ?? { number: 0 };
    await tables.note(
      [number, number + 99].map((run) => ({
        sql: "INSERT INTO deltas (run, path, attempt, port, start, text) VALUES (@run, 'a', 1, 'text', 0, '\"left\"')",
        values: { run },
      })),
    );
    const jobs = createJobStore(tables, { clock: wallClock });
    const { jobId } = await jobs.create({ kind: 'ingest', subject: 'old' });
    await jobs.update(jobId, { status: 'done', endedAt: 1_000 });
    await jobs.create({ kind: 'ingest', subject: 'waiting' });
    expect(await sweep({ jobs: 2_000 })).toEqual({ jobs: 1, streams: 2 });
    expect((await jobs.list()).map(({ subject }) => subject)).toEqual(['waiting']);
  });
});

describe('blobs that the data folder keeps', () => {
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

  it('removes old blobs that no table names', async () => {
    await acceptRun(journal, 'old');
    await appendTo(journal, 'old', [records.runStart(), records.nodeEnd('large', long)]);
    const about = { name: 'f.txt', mediaType: 'text/plain' };
    const put = (text: string) => opened.blobs.put(new TextEncoder().encode(text), about);
    const inInput = await put('1');
    const inDocument = await put('2');
    const orphan = await put('3');
    const again = await put('4');
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
