import type { AuditEvent } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createSqliteAudit, type SqliteAudit } from './sqlite-audit.js';

describe('the audit events of some work', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  let audit: SqliteAudit;
  beforeEach(() => {
    temporary = temporaryFolder();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    audit = createSqliteAudit(database, {
      clock: createFakeClock(),
      keyFile: join(temporary.folder, 'secret.key'),
      anchorFile: join(temporary.folder, 'audit.head'),
    });
    database.connection.exec('CREATE TABLE things (id TEXT PRIMARY KEY)');
  });
  afterEach(() => {
    audit.close();
    database.close();
    temporary.remove();
  });
  const event = (subject: string): AuditEvent => ({
    kind: 'stop',
    who: 'user:a',
    subject,
    details: { step: 'released' },
  });
  const make = (id: string): string => {
    database.connection.prepare('INSERT INTO things VALUES (?)').run(id);
    return id;
  };
  const things = (): unknown[] => database.connection.prepare('SELECT id FROM things').pluck().all();

  it('is written in the first commit of the work, and gets the result of the work', async () => {
    const seen: number[] = [];
    await audit.during(
      (made) => event(`thing:${made}`),
      async () => {
        await Promise.resolve();
        const made = commitPowerSafe(database, () => make('one'));
        seen.push(audit.head().number);
        commitPowerSafe(database, () => make('two'));
        seen.push(audit.head().number);
        return made;
      },
    );
    expect(seen).toEqual([1, 1]);
    expect((await audit.list({})).map(({ subject }) => subject)).toEqual(['thing:one']);
  });

  it('rolls back with the work: neither is kept when one of them fails', async () => {
    const failing = audit.during(
      () => event('thing:x'),
      async () => {
        await Promise.resolve();
        commitPowerSafe(database, () => {
          make('x');
          throw new Error('the work fails');
        });
      },
    );
    await expect(failing).rejects.toThrow('the work fails');
    await expect(
      audit.during(
        () => {
          throw new Error('the record fails');
        },
        async () => {
          await Promise.resolve();
          commitPowerSafe(database, () => make('y'));
        },
      ),
    ).rejects.toThrow('the record fails');
    expect([things(), audit.head().number]).toEqual([[], 0]);
  });

  it('is written after work that commits elsewhere, and only for its own work', async () => {
    await Promise.all(
      ['a', 'b'].map((name) =>
        audit.during(
          (made) => event(`${name}:${made}`),
          async () => {
            await Promise.resolve();
            return name === 'a' ? 'elsewhere' : commitPowerSafe(database, () => make('b'));
          },
        ),
      ),
    );
    expect((await audit.list({})).map(({ subject }) => subject).sort()).toEqual(['a:elsewhere', 'b:b']);
  });
});
