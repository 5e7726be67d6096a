import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { canonicalJson, labelOf, type AuditEvent, type AuditRecord, type Journal } from '@heddle/core';
import { acceptRun, createFakeClock, records } from '@heddle/core/testing';
import { createHash } from 'node:crypto';
import { FolderBlobs } from '../blobs/index.js';
import { createSqliteJournal } from '../journal/sqlite-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openDatabase, type DatabaseOptions, type HeddleDatabase } from '../database/open-database.js';
import { createSqliteAudit, type SqliteAudit } from './sqlite-audit.js';

const event: AuditEvent = { kind: 'secret', who: 'user:a', subject: 'secret:x', details: { step: 'set' } };
const withDetails = (details: object): AuditEvent => ({ ...event, details }) as AuditEvent;

describe('the audit record', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  let audit: SqliteAudit;
  const clock = createFakeClock();
  const open = (options: DatabaseOptions = {}): void => {
    database = openDatabase(join(temporary.folder, 'heddle.db'), options);
    audit = createSqliteAudit(database, {
      clock,
      keyFile: join(temporary.folder, 'secret.key'),
      anchorFile: join(temporary.folder, 'audit.head'),
    });
  };
  const close = (): void => {
    audit.close();
    database.close();
  };
  beforeEach(() => {
    temporary = temporaryFolder();
    open();
  });
  afterEach(() => {
    close();
    temporary.remove();
  });

  const writeFive = async (): Promise<void> => {
    for (let step = 1; step <= 5; step += 1) await audit.write(withDetails({ step }));
    audit.anchor();
  };
  /** The number of the newest anchored record. */
  const anchored = (): number =>
    (JSON.parse(readFileSync(join(temporary.folder, 'audit.head'), 'utf8')) as { number: number }).number;
  /** Waits until this record is anchored. */
  const anchoredBy = async (number: number): Promise<number> => {
    for (let round = 0; round < 200 && anchored() !== number; round += 1) await wait(10);
    return anchored();
  };
  /** Changes the file as its owner can: triggers do not stop someone who may drop them. */
  const tamper = (sql: string): void => {
    close();
    const connection = new Database(join(temporary.folder, 'heddle.db'));
    connection.exec(`DROP TRIGGER audit_keeps; DROP TRIGGER audit_stays; ${sql}`);
    connection.close();
    open();
  };

  it('chains records by SHA-256 over their canonical JSON', async () => {
    await audit.write({ ...withDetails({ b: 1, a: ['ü', null] }), project: 'p' });
    await writeFive();
    const found = await audit.list({});
    expect(found.map(({ number }) => number)).toEqual([6, 5, 4, 3, 2, 1]);
    for (const { hash, ...record } of found) {
      expect(hash).toBe(`sha256:${createHash('sha256').update(canonicalJson(record)).digest('hex')}`);
      const before: AuditRecord | undefined = found.find(({ number }) => number === record.number - 1);
      if (before !== undefined) expect(record.previous).toBe(before.hash);
    }
    expect(await audit.verify()).toBeUndefined();
  });

  it('refuses to change or remove a record', async () => {
    await writeFive();
    const { connection } = database;
    expect(() => connection.exec("UPDATE audit SET who = 'b' WHERE number = 2")).toThrow('append-only');
    expect(() => connection.exec('DELETE FROM audit WHERE number = 5')).toThrow('append-only');
  });

  it('keeps neither the work nor its events when one of them fails', async () => {
    database.connection.exec('CREATE TABLE things (name TEXT UNIQUE)');
    const insert = (name: string) => ({ sql: 'INSERT INTO things VALUES (@name)', values: { name } });
    await audit.commit(event, [insert('one')]);
    await expect(audit.commit(event, [insert('one')])).rejects.toMatchObject({ code: 'conflict' });
    await expect(audit.commit(withDetails({ no: 1n }), [insert('two')])).rejects.toThrow();
    expect([audit.head().number, database.connection.prepare('SELECT count(*) FROM things').pluck().get()]).toEqual([
      1, 1,
    ]);
  });

  it.each([
    ['edit', "UPDATE audit SET who = 'user:b' WHERE number = 3", 3],
    ['delete', 'DELETE FROM audit WHERE number = 3', 4],
    [
      'insert',
      `UPDATE audit SET number = -number - 1 WHERE number > 2; UPDATE audit SET number = -number WHERE number < 0;
       INSERT INTO audit SELECT 3, time, act, who, project, subject, is_allowed, details, previous, hash FROM audit WHERE number = 2`,
      3,
    ],
    [
      'reorder',
      'UPDATE audit SET number = 99 WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3; UPDATE audit SET number = 3 WHERE number = 99',
      2,
    ],
    ['truncate', 'DELETE FROM audit WHERE number > 3', 4],
    ['empty', 'DELETE FROM audit', 1],
  ])('names the first bad record after: %s', async (_name, sql, number) => {
    await writeFive();
    tamper(sql);
    expect(await audit.verify()).toMatchObject({ number });
  });

  it('notices that the database was rolled back, even after new records', async () => {
    await writeFive();
    close();
    const file = join(temporary.folder, 'heddle.db');
    copyFileSync(file, `${file}.old`);
    open();
    await writeFive();
    close();
    copyFileSync(`${file}.old`, file);
    open();
    expect(await audit.verify()).toMatchObject({ number: 6 });
    await clock.advance(5);
    await writeFive();
    await writeFive();
    expect(await audit.verify()).toMatchObject({ number: 10, reason: expect.stringContaining('anchored') });
  });

  it('notices a chain that was rewritten with matching hashes, and an anchor that is missing or forged', async () => {
    await writeFive();
    const anchorFile = join(temporary.folder, 'audit.head');
    copyFileSync(anchorFile, `${anchorFile}.old`);
    tamper('DELETE FROM audit');
    await clock.advance(5);
    await writeFive();
    for (let more = 0; more < 5; more += 1) await audit.write(withDetails({ more }));
    expect(await audit.verify()).toMatchObject({ number: 5 });
    rmSync(anchorFile);
    expect(await audit.verify()).toMatchObject({ reason: expect.stringContaining('missing') });
    copyFileSync(join(temporary.folder, 'secret.key'), anchorFile);
    expect(await audit.verify()).toMatchObject({ reason: expect.stringContaining('not signed') });
    await audit.acceptAsIs('user:a', { reason: 'a test' });
    expect(await audit.verify()).toBeUndefined();
  });

  it('anchors the chain within a second, without a request', async () => {
    await audit.write(event);
    await audit.write(event);
    await clock.advance(1_000);
    expect(await anchoredBy(2)).toBe(2);
    tamper('DELETE FROM audit WHERE number = 2');
    expect(await audit.verify()).toMatchObject({ number: 2 });
  });

  it('removes the drafts of anchors that dead processes left, and no other drafts', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const drafts = [pid, `${pid}-beside`, process.ppid].map((name) => join(temporary.folder, `audit.head.new-${name}`));
    for (const draft of drafts) writeFileSync(draft, '');
    await audit.write(event);
    await clock.advance(1_000);
    expect(await anchoredBy(1)).toBe(1);
    expect(drafts.map((draft) => existsSync(draft))).toEqual([false, false, true]);
  });

  it('anchors only what the disk has, and never moves the anchor back', async () => {
    close();
    const flushes: ((error: Error | null) => void)[] = [];
    open({ sync: (_log, done) => void flushes.push(done) });
    await audit.write(event);
    await clock.advance(1_000);
    await wait(50);
    expect([anchored(), flushes.length]).toEqual([0, 1]);
    flushes.shift()?.(null);
    expect(await anchoredBy(1)).toBe(1);
    await audit.write(event);
    await clock.advance(1_000);
    await audit.write(event);
    audit.anchor();
    expect(anchored()).toBe(3);
    flushes.shift()?.(null);
    await wait(50);
    expect(anchored()).toBe(3);
  });

  it('filters records by kind, person, subject, project and time', async () => {
    await audit.write([
      event,
      { kind: 'key', who: 'user:b', project: 'p', subject: 'key:k', details: { step: 'revoked', name: 'k' } },
    ]);
    await clock.advance(10);
    await audit.write({ ...event, subject: 'secret:y' });
    const numbers = async (query: Parameters<SqliteAudit['list']>[0]): Promise<number[]> =>
      (await audit.list(query)).map(({ number }) => number);
    expect(await numbers({ kinds: ['key', 'stop'] })).toEqual([2]);
    expect(await numbers({ who: 'user:a' })).toEqual([3, 1]);
    expect(await numbers({ subject: 'secret:y' })).toEqual([3]);
    expect(await numbers({ project: 'p' })).toEqual([2]);
    expect(await numbers({ from: clock.now() })).toEqual([3]);
    expect(await numbers({ to: clock.now() })).toEqual([2, 1]);
    expect(await numbers({ before: 3, limit: 1 })).toEqual([2]);
  });

  it('writes the audit events of runs in the commit of the journal, with hashes instead of values', async () => {
    const journal: Journal = createSqliteJournal(database, {
      blobs: new FolderBlobs(join(temporary.folder, 'blobs')),
      clock,
      projections: [audit.projection],
    });
    await acceptRun(journal, 'a');
    const call = { path: 'answer', attempt: 1, time: 9, started: 4, label: labelOf('confidential') } as const;
    await journal.append('a', [
      records.runStart(),
      records.nodeStart('answer'),
      {
        type: 'model-call',
        ...call,
        model: 'hub/m',
        answered: 'm-1',
        kind: 'generate',
        isLocal: false,
        parameters: { temperature: 0 },
        promptHash: 'sha256:p',
        outputHash: 'sha256:o',
        toolsHash: 'sha256:t',
        fileHash: 'sha256:f',
        manifestHash: 'sha256:m',
        passages: ['handbook/a#1'],
      },
      {
        type: 'label-decision',
        ...call,
        decision: 'refused',
        destination: 'hub',
        clearance: 'internal',
        reason: 'too high',
      },
      {
        type: 'tool-call',
        ...call,
        tool: 't',
        source: 'mcp',
        permission: 'deny',
        argumentsHash: 'sha256:a',
        error: { code: 'tool_denied', message: 'no', retryable: false },
      },
      records.nodeEnd('answer'),
    ]);
    await journal.append('a', [records.runEnd()]);
    const found = (await audit.list({ subject: 'run:a' })).toReversed();
    expect(found.map((record) => [record.act, record.isAllowed])).toEqual([
      ['run', true],
      ['model-call', true],
      ['egress', false],
      ['tool-call', false],
      ['run', true],
    ]);
    expect(found[1]?.details).toMatchObject({
      model: 'hub/m',
      answered: 'm-1',
      promptHash: 'sha256:p',
      toolsHash: 'sha256:t',
      fileHash: 'sha256:f',
      manifestHash: 'sha256:m',
      passages: ['handbook/a#1'],
      ms: 5,
    });
    expect(await audit.verify()).toBeUndefined();
    await journal.close();
  });
});
