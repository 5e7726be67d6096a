import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { migrations } from '../../database/migrations/migrations.js';
import { openDatabase } from '../../database/open-database.js';
import { sqliteTables } from '../../database/sqlite-tables.js';
import { seal } from './seal.js';
import { createKeyVault, createSecretStore } from './secret-store.js';

describe('secrets of an older version', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());

  it('belong to the first project, or to the installation as keys of connections, and stay readable', async () => {
    const file = join(temporary.folder, 'heddle.db');
    const keyFile = join(temporary.folder, 'secret.key');
    const key = randomBytes(32);
    writeFileSync(keyFile, `heddle-key-1 ${key.toString('base64')}\n`);
    const first = migrations.findIndex(({ name }) => name === 'cards of secrets');
    const before = openDatabase(file, { migrations: migrations.slice(0, first) });
    const add = before.connection.prepare('INSERT INTO secrets (name, sealed, updated_at) VALUES (?, ?, 7)');
    for (const name of ['crm-key', 'connection.openai', 'connectionish'])
      add.run(name, seal(key, name, `value of ${name}`));
    before.close();

    const database = openDatabase(file);
    try {
      const store = createSecretStore(sqliteTables(database), { keyFile, clock: { now: () => 9 } });
      const card = { owner: 'default', hosts: [], uses: ['request'], source: { kind: 'stored' }, needsHost: true };
      expect(await store.list()).toEqual([
        { ...card, name: 'connectionish', updatedAt: 7 },
        { ...card, name: 'crm-key', updatedAt: 7 },
      ]);
      expect(await store.value('default', 'crm-key')).toBe('value of crm-key');
      expect(await createKeyVault(store).get('connection.openai')).toBe('value of connection.openai');
      expect(await store.areHostsLearned()).toBe(false);
      await store.learnHosts([
        { ...(await store.card('default', 'crm-key'))!, hosts: ['crm.example'], needsHost: false },
      ]);
      expect(await store.areHostsLearned()).toBe(true);
      expect(await store.card('default', 'crm-key')).toMatchObject({ hosts: ['crm.example'], needsHost: false });
      expect(await store.value('default', 'crm-key')).toBe('value of crm-key');
      // A value that is written now is sealed with the earlier key.
      await store.save({ ...(await store.card('default', 'crm-key'))!, owner: 'p_beta' }, 'other');
      expect(await store.value('p_beta', 'crm-key')).toBe('other');
    } finally {
      database.close();
    }
  });
});
