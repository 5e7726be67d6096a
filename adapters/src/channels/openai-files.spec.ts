import { HeddleError } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createOpenAiFiles, type OpenAiFiles, type StoredOpenAiBatch, type StoredOpenAiFile } from './openai-files.js';

const ada = { owner: 'user:ada', project: 'default' };
const file = (id: string, more: Partial<StoredOpenAiFile> = {}): StoredOpenAiFile => ({
  ...ada,
  id,
  purpose: 'batch',
  name: `${id}.jsonl`,
  bytes: 10,
  blob: 'sha256:1',
  createdAt: 5,
  expiresAt: 100,
  ...more,
});
const batch = (id: string, more: Partial<StoredOpenAiBatch> = {}): StoredOpenAiBatch => ({
  ...ada,
  id,
  workflow: 'w',
  batch: `b_${id}`,
  body: { model: 'm' },
  input: 'sha256:1',
  createdAt: 5,
  cancelledAt: null,
  endedAt: null,
  outputFile: null,
  errorFile: null,
  ...more,
});
const full = (): HeddleError => new HeddleError('conflict', 'The project is full.');

describe.each(bothDatabases)('files and batches of OpenAI’s clients in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  let one: OpenAiFiles;
  let other: OpenAiFiles;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    [one, other] = [createOpenAiFiles(subject.one), createOpenAiFiles(subject.other)];
  });

  it('are found by their owner in their project until they expire, newest first', async () => {
    await subject.one.commit([file('a'), file('c'), file('b', { createdAt: 9 })].map(one.write.insertFile));
    expect(await other.findFile('a', ada, 99)).toEqual(file('a'));
    const strangers = [
      { ...ada, owner: 'user:eve' },
      { ...ada, project: 'p_2' },
    ];
    for (const stranger of strangers)
      expect([await other.findFile('a', stranger, 99), await other.files(stranger, 99)]).toEqual([undefined, []]);
    expect((await other.files(ada, 99)).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    expect([await other.findFile('a', ada, 100), await one.sums('default')]).toEqual([
      undefined,
      { files: 3, bytes: 30 },
    ]);
    await other.removeExpired(99);
    expect((await one.sums('default')).files).toBe(3);
    await subject.one.commit([one.write.removeFile('a')]);
    await other.removeExpired(100);
    expect(await one.sums('default')).toEqual({ files: 0, bytes: 0 });
  });

  it('give the last slot of a project to one of two processes', async () => {
    const room = { files: 2, bytes: 1_000, otherwise: full };
    await one.addFile(file('a'), room);
    const results = await Promise.allSettled([one.addFile(file('b'), room), other.addFile(file('c'), room)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: full() });
    expect((await one.sums('default')).files).toBe(2);
    await expect(one.addFile(file('d'), { files: 9, bytes: 20, otherwise: full })).rejects.toThrow('is full');
    await expect(one.addFile(file('e', { project: 'gone' }), room)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('write the results of a batch once when two processes try at once', async () => {
    await subject.one.note([one.write.insertBatch(batch('x')), one.write.insertBatch(batch('y', { createdAt: 9 }))]);
    expect((await other.batches(ada)).map(({ id }) => id)).toEqual(['y', 'x']);
    await one.cancelBatch('x', 20);
    await other.cancelBatch('x', 30);
    const outcomes = await Promise.all([
      one.endBatch('x', 40, { output: file('o_1', { purpose: 'batch_output' }) }, (writes) =>
        subject.one.commit(writes),
      ),
      other.endBatch('x', 40, { errors: file('e_2', { purpose: 'batch_output' }) }, (writes) =>
        subject.other.commit(writes),
      ),
    ]);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    const [outputFile, errorFile] = outcomes[0] ? ['o_1', null] : [null, 'e_2'];
    const ended = { cancelledAt: 20, endedAt: 40, input: '', outputFile, errorFile };
    expect(await other.findBatch('x', ada)).toEqual(batch('x', ended));
    expect((await one.files(ada, 1)).map(({ id }) => id)).toEqual([outputFile ?? errorFile]);
    expect(await one.findBatch('x', { ...ada, owner: 'user:eve' })).toBeUndefined();
  });
});
