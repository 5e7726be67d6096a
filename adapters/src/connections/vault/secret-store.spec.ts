import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretCard } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { openDatabase, type HeddleDatabase } from '../../database/open-database.js';
import { createKeyVault, SqliteSecretStore } from './secret-store.js';

const canary = 'sk-canary-5f0c1b7e9a';

describe('SqliteSecretStore', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  let keyFile: string;
  const store = () => new SqliteSecretStore({ database, keyFile, clock: { now: () => 5 } });
  const cardOf = (name: string, owner = 'default', more: object = {}) => SecretCard.parse({ name, owner, ...more });
  /** Secrets of the first project, by name. */
  const open = () => {
    const kept = store();
    return {
      list: () => kept.list().map(({ name, updatedAt }) => ({ name, updatedAt })),
      set: (name: string, value: string) => Promise.resolve().then(() => kept.save({ ...cardOf('x'), name }, value)),
      get: (name: string) => kept.value('default', name),
      delete: (name: string) => kept.remove('default', name),
    };
  };
  beforeEach(() => {
    temporary = temporaryFolder();
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    keyFile = join(temporary.folder, 'secret.key');
  });
  afterEach(() => {
    database.close();
    temporary.remove();
  });

  it('gives a value back, also after a restart, and lists names only', async () => {
    await open().set('crm', canary);
    expect(await open().get('crm')).toBe(canary);
    expect(open().list()).toEqual([{ name: 'crm', updatedAt: 5 }]);
  });

  it('keeps nothing readable in the database, and two seals of one value differ', async () => {
    await open().set('a', canary);
    await open().set('b', canary);
    const rows = database.connection.prepare<[], { sealed: Buffer }>('SELECT sealed FROM secrets').all();
    expect(rows[0]!.sealed.equals(rows[1]!.sealed)).toBe(false);
    database.connection.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(database.file).includes(canary)).toBe(false);
  });

  it('makes the key file at the first secret, for its owner alone', async () => {
    await expect(open().get('none')).rejects.toMatchObject({ code: 'secret_not_found' });
    expect(existsSync(keyFile)).toBe(false);
    await open().set('a', 'value');
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  it('never makes a second key beside secrets of a lost one', async () => {
    await open().set('a', canary);
    rmSync(keyFile);
    const vault = open();
    for (const attempt of [vault.get('a'), vault.set('b', 'x')])
      await expect(attempt).rejects.toMatchObject({
        code: 'secret_unreadable',
        message: expect.stringContaining(keyFile),
      });
    expect(existsSync(keyFile)).toBe(false);
    expect(vault.list()).toHaveLength(1);
  });

  it('refuses another key, for reading and for writing', async () => {
    await open().set('a', canary);
    writeFileSync(keyFile, `heddle-key-1 ${Buffer.alloc(32, 7).toString('base64')}\n`);
    for (const attempt of [open().get('a'), open().set('b', 'x')])
      await expect(attempt).rejects.toMatchObject({ code: 'secret_unreadable' });
    writeFileSync(keyFile, 'nonsense');
    await expect(open().get('a')).rejects.toMatchObject({ code: 'secret_unreadable' });
  });

  it('notices a row that was swapped, changed or cut', async () => {
    await open().set('a', 'first');
    await open().set('b', 'second');
    const sealed = database.connection
      .prepare<[string], { sealed: Buffer }>('SELECT sealed FROM secrets WHERE name = ?')
      .get('b')!.sealed;
    const put = database.connection.prepare('UPDATE secrets SET sealed = ? WHERE name = ?');
    const flipped = Buffer.from(sealed);
    flipped[flipped.length - 1]! ^= 1;
    for (const bad of [sealed, flipped, sealed.subarray(0, 10), Buffer.alloc(0)]) {
      put.run(bad, 'a');
      await expect(open().get('a')).rejects.toMatchObject({ code: 'secret_unreadable' });
    }
    expect(await open().get('b')).toBe('second');
  });

  it('forgets a secret that is deleted, and no other; deleting what is not there is no error', async () => {
    const vault = open();
    await vault.set('a', canary);
    await vault.set('b', 'other');
    await vault.delete('a');
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'secret_not_found' });
    expect(open().list()).toEqual([{ name: 'b', updatedAt: 5 }]);
    expect(await open().get('b')).toBe('other');
    await expect(vault.delete('a')).resolves.toBeUndefined();
    await vault.set('a', 'again');
    expect(await open().get('a')).toBe('again');
  });

  it('says of a secret of a newer form that a newer Heddle wrote it, and blames no key', async () => {
    await open().set('a', canary);
    const { sealed } = database.connection.prepare<[], { sealed: Buffer }>('SELECT sealed FROM secrets').get()!;
    const newer = Buffer.from(sealed);
    newer[0] = 2;
    database.connection.prepare('UPDATE secrets SET sealed = ?').run(newer);
    await expect(open().get('a')).rejects.toMatchObject({
      code: 'secret_unreadable',
      message: expect.stringContaining("'a' cannot be opened: it was written by a newer Heddle, or is damaged."),
    });
    await expect(open().set('b', 'x')).rejects.toMatchObject({ code: 'secret_unreadable' });
  });

  it('refuses names and values that are none, without repeating the value', async () => {
    for (const name of ['', '__proto__', '../key', 'a b'])
      await expect(open().set(name, canary)).rejects.toMatchObject({ code: 'bad_request' });
    await expect(open().set('big', canary.repeat(10_000))).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.not.stringContaining(canary),
    });
  });

  it('keeps one secret for each owner of a name, each bound to its owner', async () => {
    const secrets = store();
    for (const owner of ['default', 'p_beta', 'installation'])
      await secrets.save(cardOf('key', owner, { hosts: [`${owner}.example`] }), `${canary}-${owner}`);
    expect(await secrets.value('p_beta', 'key')).toBe(`${canary}-p_beta`);
    expect(secrets.card('installation', 'key')).toMatchObject({ hosts: ['installation.example'], updatedAt: 5 });
    expect(secrets.list()).toHaveLength(3);
    await expect(secrets.value('p_other', 'key')).rejects.toMatchObject({ code: 'secret_not_found' });
    // A row that is put under another owner opens no more.
    const { sealed } = database.connection
      .prepare<[], { sealed: Buffer }>("SELECT sealed FROM secrets WHERE owner = 'default'")
      .get()!;
    database.connection.prepare("UPDATE secrets SET sealed = ? WHERE owner = 'p_beta'").run(sealed);
    await expect(secrets.value('p_beta', 'key')).rejects.toMatchObject({ code: 'secret_unreadable' });
  });

  it('changes a card and keeps the value, and forgets the value of a secret that is read elsewhere', async () => {
    const secrets = store();
    await secrets.save(cardOf('key'), canary);
    await secrets.save(cardOf('key', 'default', { hosts: ['a.example'] }));
    expect(await secrets.value('default', 'key')).toBe(canary);
    await secrets.save(cardOf('key', 'default', { source: { kind: 'environment' } }));
    expect(secrets.hasValue('default', 'key')).toBe(false);
  });

  it('keeps keys of connections apart: they have no card', async () => {
    const keys = createKeyVault(store());
    await keys.set('connection.openai', canary);
    expect([keys.has('connection.openai'), await keys.get('connection.openai')]).toEqual([true, canary]);
    expect(store().list()).toEqual([]);
    expect(store().card('installation', 'connection.openai')).toBeUndefined();
    await expect(keys.set('other', canary)).rejects.toMatchObject({ code: 'internal' });
  });
});
