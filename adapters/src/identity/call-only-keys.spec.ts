import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../database/migrations/migrations.js';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { KeyStore } from './key-store.js';

describe('keys of an older version', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-keys-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are limited to calls of published versions when they could run anything; others stay unchanged', async () => {
    const file = join(folder, 'heddle.db');
    const first = migrations.findIndex(({ name }) => name === 'keys call published versions only');
    const before = openDatabase(file, { migrations: migrations.slice(0, first) });
    const add = before.connection.prepare(
      "INSERT INTO api_keys (id, hash, prefix, name, owner, project, scopes, created_at) VALUES (?, ?, 'hk', ?, 'local', 'default', ?, 0)",
    );
    const standard = ['run:start', 'run:read', 'run:control', 'run:feedback', 'file:write', 'audit:read'];
    add.run('k_1', 'a', 'app', JSON.stringify({ permissions: standard, workflows: ['w'], ratePerMinute: 5 }));
    add.run('k_2', 'b', 'prometheus', JSON.stringify({ permissions: ['metrics:read'] }));
    before.close();

    const database = openDatabase(file);
    try {
      const keys = new KeyStore(sqliteTables(database), { now: () => 0 });
      const app = await keys.get('k_1');
      expect(app.scopes).toEqual({ permissions: ['run:published'], workflows: ['w'], ratePerMinute: 5 });
      expect(app.narrowedFrom).toEqual(standard);
      expect(await keys.get('k_2')).toMatchObject({ scopes: { permissions: ['metrics:read'] } });
      expect((await keys.get('k_2')).narrowedFrom).toBeUndefined();
      // A person has set the permissions of the key again.
      await sqliteTables(database).commit(keys.write.setScopes('k_1', { permissions: ['run:draft'] }));
      expect((await keys.get('k_1')).narrowedFrom).toBeUndefined();
    } finally {
      database.close();
    }
  });
});
