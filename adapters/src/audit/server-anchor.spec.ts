import type { Tables } from '@heddle/core';
import { createFakeClock, type FakeClock } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import { emptyStores } from '../testing/both-databases.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { wallClock } from '../testing/wall-clock.js';
import type { ChainLoss } from './chain-loss.js';
import { createPostgresAudit } from './postgres-audit.js';
import { sealAudit } from './seal-audit.js';
import { lossOnServerError, openServerAnchor, type ServerAnchor } from './server-anchor.js';

const key = randomBytes(32);
const event = { kind: 'stop', who: 'user:a', subject: 'x', details: { step: 'released' } } as const;

describe('the anchor of a chain on a server', () => {
  let server: TestDatabase;
  let database: PostgresDatabase;
  let tables: Tables;
  let temporary: ReturnType<typeof temporaryFolder>;
  let clock: FakeClock;
  const opened: ServerAnchor[] = [];
  beforeAll(async () => {
    server = await openTestDatabase();
    database = await openPostgres({ url: server.url, clock: wallClock, connections: 2 });
    tables = postgresTables(database);
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await server?.close();
  });
  beforeEach(async () => {
    await server.query(emptyStores);
    temporary = temporaryFolder();
    clock = createFakeClock(1_000_000);
  });
  afterEach(async () => {
    for (const anchor of opened.splice(0)) await anchor.close();
    temporary.remove();
  });

  const fileOf = (name: string): string => join(temporary.folder, name);
  const open = async (name = 'audit.head', onLoss?: (loss: ChainLoss) => void): Promise<ServerAnchor> => {
    const anchor = await openServerAnchor(tables, { file: fileOf(name), key, clock, ...(onLoss && { onLoss }) });
    opened.push(anchor);
    return anchor;
  };
  const auditWith = (anchor?: ServerAnchor) =>
    createPostgresAudit({ database, tables, clock, ...(anchor && { anchor }) });
  const write = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await auditWith().write(event);
    await sealAudit(database);
  };
  /** Deletes the newest records of the chain, as the owner of the tables can. */
  const cut = (after: number) =>
    server.query(`ALTER TABLE heddle.audit DISABLE TRIGGER USER; DELETE FROM heddle.audit WHERE number > ${after};
      ALTER TABLE heddle.audit ENABLE TRIGGER USER`);
  /** Starts and ends a process that sees the whole chain. */
  const seen = async (name = 'audit.head'): Promise<void> => {
    const anchor = await open(name);
    anchor.start();
    await anchor.close();
  };

  it('begins at the first start, follows the chain, and matches it at the next start', async () => {
    await write(3);
    const anchor = await open();
    expect([anchor.loss, anchor.found()]).toEqual([undefined, undefined]);
    anchor.start();
    await write(2);
    await clock.advance(5_000);
    await anchor.close();
    const next = await open();
    expect([next.loss, next.found()]).toEqual([undefined, expect.objectContaining({ number: 5 })]);
    expect(await auditWith(next).verify()).toBeUndefined();
  });

  it('reports that the end was cut off or an older database was restored, even after new records', async () => {
    await write(5);
    await seen();
    await cut(3);
    const anchor = await open();
    expect(anchor.loss).toEqual({ kind: 'rolled-back', records: 3, expected: 5 });
    expect(await auditWith(anchor).verify()).toMatchObject({ number: 4, reason: expect.stringContaining('cut off') });
    const said = lossOnServerError(anchor.loss!, { file: 'audit.head', host: 'db' });
    expect([said.code, said.message]).toEqual(['storage_rolled_back', expect.stringContaining('heddle audit accept')]);
    await clock.advance(1);
    await write(4);
    expect((await open()).loss).toEqual({ kind: 'rewritten', records: 7, expected: 5 });
    // Neither a start nor an end replaces the file.
    anchor.start();
    await anchor.close();
    expect((await open()).loss).toMatchObject({ kind: 'rewritten' });
  });

  it('reports once that the chain is cut while the process runs, and keeps the file', async () => {
    const losses: ChainLoss[] = [];
    await write(5);
    const anchor = await open('audit.head', (loss) => losses.push(loss));
    anchor.start();
    await anchor.close();
    const next = await open('audit.head', (loss) => losses.push(loss));
    next.start();
    await write(1);
    await clock.advance(5_000);
    await next.close();
    const last = await open('audit.head', (loss) => losses.push(loss));
    last.start();
    await cut(2);
    await clock.advance(5_000);
    await last.close();
    expect((await open()).loss).toMatchObject({ kind: 'rolled-back', records: 2 });
    expect(losses).toEqual([{ kind: 'rolled-back', records: 2, expected: 6 }]);
  });

  it('reports a file that is damaged or signed with another key', async () => {
    await write(2);
    await seen();
    writeFileSync(fileOf('audit.head'), readFileSync(fileOf('audit.head'), 'utf8').replace(/"number":2/, '"number":1'));
    const anchor = await open();
    expect(anchor.loss).toMatchObject({ kind: 'anchor-forged' });
    expect(lossOnServerError(anchor.loss!, { file: 'a', host: 'db' }).code).toBe('audit_unanchored');
    const other = { file: fileOf('other'), key: randomBytes(32), clock };
    await (await openServerAnchor(tables, other)).replace();
    expect((await openServerAnchor(tables, { ...other, key })).loss).toMatchObject({ kind: 'anchor-forged' });
  });

  it('is accepted by a person once for all processes, and the acceptance is recorded', async () => {
    await write(5);
    for (const name of ['one', 'other', 'third']) await seen(name);
    await cut(3);
    await clock.advance(1);
    const one = await open('one');
    await auditWith(one).acceptAsIs('user:a', { reason: 'The backup of Monday' });
    expect(await auditWith().list({ subject: 'audit' })).toMatchObject([
      {
        number: 4,
        details: { step: 'accepted as it is', reason: 'The backup of Monday', records: 3, loss: 'rolled-back' },
      },
    ]);
    expect(await auditWith(await open('one')).verify()).toBeUndefined();
    const other = await open('other');
    expect(other.loss).toBeUndefined();
    other.start();
    await other.close();
    expect(await auditWith(await open('other')).verify()).toBeUndefined();
    // The acceptance does not cover records that are deleted after it.
    await write(3);
    await clock.advance(1);
    await seen('other');
    await cut(4);
    expect((await open('other')).loss).toMatchObject({ kind: 'rolled-back', records: 4, expected: 7 });
    expect((await open('third')).loss).toBeUndefined();
  });

  it('is not accepted by a record that was made without the key', async () => {
    await write(5);
    await seen();
    await cut(3);
    await clock.advance(1);
    const forged = { number: 3, hash: 'sha256:0', time: clock.now(), signature: 'x' };
    await auditWith().write({
      kind: 'setting',
      who: 'user:eve',
      subject: 'audit',
      details: { step: 'accepted as it is', records: 3, anchor: forged },
    });
    await sealAudit(database);
    expect((await open()).loss).toMatchObject({ kind: 'rolled-back' });
  });

  it('leaves only its file, and removes the drafts that a kill left', async () => {
    await write(1);
    writeFileSync(fileOf('audit.head.new-4194305-beside'), 'half');
    await seen();
    expect(readdirSync(temporary.folder)).toEqual(['audit.head']);
  });
});
