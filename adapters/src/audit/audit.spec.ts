import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Audit, AuditEvent, GuardedWrite, Tables } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { join } from 'node:path';
import { createLeases, runSealer } from '../cluster/index.js';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { openPostgres, type PostgresDatabase } from '../postgres/open-postgres.js';
import { postgresTables } from '../postgres/postgres-tables.js';
import { createKillSwitchStore } from '../stores/kill-switch-store.js';
import { emptyStores } from '../testing/both-databases.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { wallClock } from '../testing/wall-clock.js';
import { createPostgresAudit } from './postgres-audit.js';
import { sealAudit } from './seal-audit.js';
import { createSqliteAudit } from './sqlite-audit.js';

type Tested = Pick<Audit, 'commit' | 'during' | 'list' | 'verify'>;

/** The audit log in two processes. */
interface Subject {
  readonly one: Tested;
  readonly other: Tested;
  readonly tables: Tables;
  /** Gives numbers to the waiting entries. */
  readonly seal: () => Promise<void>;
  readonly close: () => void;
}

const event = (tool: string, more: { who?: string; project?: string } = {}): AuditEvent => ({
  kind: 'tool',
  who: 'user:ada',
  subject: `tool:${tool}`,
  details: { step: 'removed' },
  ...more,
});
const addUser = (id: string): GuardedWrite => ({
  sql: 'INSERT INTO users (id, email, name, created_at) VALUES (@id, @id, @id, 0) ON CONFLICT DO NOTHING',
  values: { id },
  rows: 1,
});

let postgres: TestDatabase;
let databases: readonly [PostgresDatabase, PostgresDatabase];
beforeAll(async () => {
  postgres = await openTestDatabase();
  const open = () => openPostgres({ url: postgres.url, clock: wallClock, connections: 1 });
  databases = [await open(), await open()];
}, 120_000);
afterAll(async () => {
  for (const database of databases ?? []) await database.close();
  await postgres?.close();
});

function openFiles(): Promise<Subject> {
  const temporary = temporaryFolder();
  const [keyFile, anchorFile] = ['secret.key', 'audit.head'].map((name) => join(temporary.folder, name)) as [
    string,
    string,
  ];
  const opened = [1, 2].map(() => openDatabase(join(temporary.folder, 'heddle.db')));
  const audits = opened.map((database) =>
    createSqliteAudit(database, { clock: createFakeClock(), keyFile, anchorFile }),
  );
  return Promise.resolve({
    one: audits[0]!,
    other: audits[1]!,
    tables: sqliteTables(opened[0]!),
    seal: () => Promise.resolve(),
    close: () => {
      for (const audit of audits) audit.close();
      for (const database of opened) database.close();
      temporary.remove();
    },
  });
}

async function openServer(): Promise<Subject> {
  await postgres.query(emptyStores);
  const tables = databases.map(postgresTables);
  const [one, other] = databases.map((database, index) =>
    createPostgresAudit({ database, tables: tables[index] ?? postgresTables(database), clock: createFakeClock() }),
  );
  return {
    one: one!,
    other: other!,
    tables: tables[0]!,
    seal: async () => void (await sealAudit(databases[0])),
    close: () => undefined,
  };
}

describe.each([
  ['SQLite', openFiles],
  ['Postgres', openServer],
] as const)('the audit record in %s', (_name, open) => {
  let subject: Subject;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => {
    subject.close();
  });
  const subjects = async (query: Parameters<Audit['list']>[0] = {}): Promise<readonly string[]> => {
    await subject.seal();
    return (await subject.other.list(query)).map((record) => record.subject.replace('tool:', ''));
  };

  it('keeps rows in memory up to date with what it commits', async () => {
    const { one, tables } = subject;
    const killSwitches = createKillSwitchStore(tables);
    await tables.refresh();
    const killSwitch = { target: 'all', reason: 'It runs wild.', who: 'user:ada', time: 1 };
    await one.commit(event('set'), killSwitches.write.set(killSwitch));
    expect(killSwitches.get('all')).toEqual(killSwitch);
    await one.commit(event('released'), killSwitches.write.remove('all'));
    expect(killSwitches.list()).toEqual([]);
  });

  it('has the events of committed work only', async () => {
    const { one, other, tables } = subject;
    await one.commit(event('a'), [addUser('u')]);
    await expect(other.commit(event('b'), [addUser('u')])).rejects.toMatchObject({ code: 'conflict' });
    await other.commit([event('c'), event('d')], []);
    await one.commit([], [addUser('v')]);
    expect(await subjects()).toEqual(['d', 'c', 'a']);
    expect(await tables.all('SELECT id FROM users ORDER BY id')).toEqual([{ id: 'u' }, { id: 'v' }]);
  });

  it('records the events of work once, with its first commit, and none of attempts that failed before', async () => {
    const { one, tables } = subject;
    await one.during(event('a'), async () => {
      await tables.commit([addUser('u')]);
      await tables.commit([addUser('v')]);
    });
    const failing = one.during(event('b'), () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    const refused = one.during(event('c'), () => tables.commit([addUser('u')]));
    await expect(refused).rejects.toMatchObject({ code: 'conflict' });
    // Work after a failed attempt is recorded.
    await one.during(event('d'), async () => {
      await tables.commit([addUser('u')]).catch(() => undefined);
      await tables.commit([addUser('w')]);
    });
    expect(
      await one.during(
        (made: string) => event(made),
        () => Promise.resolve('e'),
      ),
    ).toBe('e');
    expect(await one.during(undefined, () => Promise.resolve('f'))).toBe('f');
    expect(await subjects()).toEqual(['e', 'd', 'a']);
  });

  it('lists the requested events, newest first', async () => {
    const { one } = subject;
    await one.commit([event('a'), event('b', { who: 'user:bob' }), event('c', { project: 'p' })], []);
    const migrated = { step: 'migrated', from: 1, to: 2 } as const;
    await one.commit({ kind: 'setting', who: 'heddle', subject: 'database', details: migrated }, []);
    expect(await subjects({ kinds: ['tool'] })).toEqual(['c', 'b', 'a']);
    expect(await subjects({ kinds: ['setting', 'key'] })).toEqual(['database']);
    expect(await subjects({ kinds: [] })).toEqual([]);
    expect(await subjects({ who: 'user:bob' })).toEqual(['b']);
    expect(await subjects({ project: 'p', subject: 'tool:c' })).toEqual(['c']);
    expect(await subjects({ before: 3, limit: 1 })).toEqual(['b']);
    const [{ time } = { time: 0 }] = await one.list({ limit: 1 });
    expect(await subjects({ from: time + 1 })).toEqual([]);
    expect(await subjects({ from: time, to: time + 1 })).toHaveLength(4);
  });

  it('is one chain when several processes write at once, and keeps the hash of any text', async () => {
    const { one, other } = subject;
    const odd = ['\u0000zero', 'half \ud800', '"quoted"\\', 'ä\u{1f600}'];
    const writing = odd.flatMap((text) => [one.commit(event(text), []), other.commit(event(`${text} too`), [])]);
    await Promise.all(writing);
    await subject.seal();
    const records = await one.list({});
    expect(records.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    records.forEach(({ previous }, index) => expect(previous).toBe(records[index + 1]?.hash ?? previous));
    expect(await other.verify()).toBeUndefined();
  });
});

const auditOf = (database: PostgresDatabase) =>
  createPostgresAudit({ database, tables: postgresTables(database), clock: wallClock });

describe('the sealer', () => {
  beforeEach(() => postgres.query(emptyStores));

  it('numbers thousands of entries once, even when two processes seal at once', async () => {
    const audit = auditOf(databases[0]);
    const count = 2_500;
    await postgres.query(`INSERT INTO heddle.audit_entries (time, kind, who, subject, is_allowed, details)
      SELECT number, 'tool', 'user:ada', 'tool:' || number, 1, '{}' FROM generate_series(0, ${count - 1}) AS number`);
    const sealed = await Promise.all(databases.map((database) => sealAudit(database)));
    expect(sealed[0]! + sealed[1]! + (await sealAudit(databases[0]))).toBe(count);
    expect(await audit.head()).toMatchObject({ number: count });
    expect(await audit.verify()).toBeUndefined();
    const found = await audit.list({ limit: count });
    expect(found.map(({ subject }) => subject)).toEqual(
      Array.from({ length: count }, (_, index) => `tool:${count - 1 - index}`),
    );
    expect(await sealAudit(databases[0])).toBe(0);
  });

  it('seals entries that began before the last seal and were committed after it', async () => {
    const audit = auditOf(databases[0]);
    await audit.write(event('first'));
    await sealAudit(databases[0]);
    await postgres.query(`INSERT INTO heddle.audit_entries (position, time, kind, who, subject, is_allowed, details)
      OVERRIDING SYSTEM VALUE VALUES (-1, 5, 'tool', 'user:ada', 'tool:late', 1, '{}')`);
    expect(await sealAudit(databases[0])).toBe(1);
    expect((await audit.list({})).map(({ subject }) => subject)).toEqual(['tool:late', 'tool:first']);
    expect(await audit.verify()).toBeUndefined();
  });

  it.each([
    [
      "UPDATE heddle.audit SET who = 'user:eve' WHERE number = 2",
      { number: 2, reason: 'content does not match its hash' },
    ],
    ['DELETE FROM heddle.audit WHERE number = 2', { number: 3, reason: 'the records 2 to 2 are missing' }],
    ['UPDATE heddle.audit SET previous = hash WHERE number = 2', { number: 2, reason: 'does not follow the record' }],
  ])(
    'refuses a change by its triggers, and shows the change in the chain when the triggers are disabled: %s',
    async (sql, { number, reason }) => {
      const audit = auditOf(databases[0]);
      await audit.write([event('a'), event('b'), event('c')]);
      await sealAudit(databases[0]);
      for (const change of [sql, 'TRUNCATE heddle.audit'])
        await expect(postgres.query(change)).rejects.toThrow('append-only');
      await postgres.query('ALTER TABLE heddle.audit DISABLE TRIGGER USER');
      await postgres.query(sql);
      await postgres.query('ALTER TABLE heddle.audit ENABLE TRIGGER USER');
      expect(await audit.verify()).toMatchObject({ number, reason: expect.stringContaining(reason) });
    },
  );

  it('seals in one process at a time, and in another one when that stops', async () => {
    const audit = auditOf(databases[0]);
    const clock = createFakeClock();
    const everyMs = 60_000;
    const keep = (database: PostgresDatabase, holder: string) => {
      const leases = createLeases(database);
      let tries = 0;
      const acquire: typeof leases.acquire = async (...wanted) => {
        const lease = await leases.acquire(...wanted);
        tries += 1;
        return lease;
      };
      const kept = runSealer({ database, holder, clock, everyMs, leases: { ...leases, acquire } });
      return { ...kept, tries: () => tries };
    };
    const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
      while (!(await isTrue())) {
        await clock.advance(everyMs);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const sealed = (number: number) => until(async () => (await audit.head())?.number === number);
    await audit.write(event('a'));
    const one = keep(databases[0], 'one');
    await sealed(1);
    const other = keep(databases[1], 'other');
    await audit.write(event('b'));
    await sealed(2);
    await until(() => other.tries() >= 2);
    expect([one.isHolder(), other.isHolder()]).toEqual([true, false]);
    await one.stop();
    await audit.write(event('c'));
    await sealed(3);
    expect([one.isHolder(), other.isHolder()]).toEqual([false, true]);
    await other.stop();
    expect(await audit.verify()).toBeUndefined();
  });
});
