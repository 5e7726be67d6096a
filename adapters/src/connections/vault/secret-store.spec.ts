import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SecretCard, type Tables } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { createKeyVault, createSecretStore } from './secret-store.js';

/** A process with cached secrets checks once per tick whether another process wrote. */
const nextTick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

const canary = 'sk-canary-5f0c1b7e9a';

describe.each(bothDatabases)('secrets in %s', (_name, openDatabase) => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: TestedDatabase;
  let subject: TablesSubject;
  let keyFile: string;
  const store = (tables: Tables = subject.one) => createSecretStore(tables, { keyFile, clock: { now: () => 5 } });
  const cardOf = (name: string, owner = 'default', more: object = {}) => SecretCard.parse({ name, owner, ...more });
  /** Opens the secrets of the first project, by name. */
  const open = () => {
    const kept = store();
    return {
      list: async () => (await kept.list()).map(({ name, updatedAt }) => ({ name, updatedAt })),
      set: (name: string, value: string) => kept.save({ ...cardOf('x'), name }, value),
      get: (name: string) => kept.value('default', name),
      delete: (name: string) => kept.remove('default', name),
    };
  };
  const sealedOf = async (name: string): Promise<Buffer> => {
    const row = await subject.one.get<{ sealed: Uint8Array }>('SELECT sealed FROM secrets WHERE name = @name', {
      name,
    });
    return Buffer.from(row?.sealed ?? []);
  };
  const putSealed = (name: string, sealed: Uint8Array, owner = 'default') =>
    subject.one.commit([
      {
        sql: 'UPDATE secrets SET sealed = @sealed WHERE owner = @owner AND name = @name',
        values: { owner, name, sealed },
        rows: 1,
      },
    ]);
  beforeAll(async () => {
    database = await openDatabase();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    temporary = temporaryFolder();
    subject = await database.reset();
    keyFile = join(temporary.folder, 'secret.key');
  });
  afterEach(() => temporary.remove());

  it('returns a value, also after a restart, and lists only names', async () => {
    await open().set('crm', canary);
    expect(await open().get('crm')).toBe(canary);
    expect(await open().list()).toEqual([{ name: 'crm', updatedAt: 5 }]);
  });

  it('keeps nothing readable in the database, and two seals of one value differ', async () => {
    await open().set('a', canary);
    await open().set('b', canary);
    const rows = await subject.one.all<{ sealed: Uint8Array; card: string }>('SELECT * FROM secrets');
    expect(Buffer.from(rows[0]!.sealed).equals(Buffer.from(rows[1]!.sealed))).toBe(false);
    for (const { sealed, card } of rows)
      expect(Buffer.from(sealed).includes(canary) || card.includes(canary)).toBe(false);
  });

  it('creates the key file with the first secret, for its owner alone', async () => {
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
    expect(await vault.list()).toHaveLength(1);
  });

  it('refuses another key, for reads and writes', async () => {
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
    const sealed = await sealedOf('b');
    const flipped = Buffer.from(sealed);
    flipped[flipped.length - 1]! ^= 1;
    for (const bad of [sealed, flipped, sealed.subarray(0, 10), Buffer.alloc(0)]) {
      await putSealed('a', bad);
      await expect(open().get('a')).rejects.toMatchObject({ code: 'secret_unreadable' });
    }
    expect(await open().get('b')).toBe('second');
  });

  it('deletes one secret and no other; deleting a missing secret is no error', async () => {
    const vault = open();
    await vault.set('a', canary);
    await vault.set('b', 'other');
    await vault.delete('a');
    await expect(vault.get('a')).rejects.toMatchObject({ code: 'secret_not_found' });
    expect(await open().list()).toEqual([{ name: 'b', updatedAt: 5 }]);
    expect(await open().get('b')).toBe('other');
    await expect(vault.delete('a')).resolves.toBeUndefined();
    await vault.set('a', 'again');
    expect(await open().get('a')).toBe('again');
  });

  it('reports that a newer Heddle wrote a secret of a newer format, and does not blame the key', async () => {
    await open().set('a', canary);
    const newer = await sealedOf('a');
    newer[0] = 2;
    await putSealed('a', newer);
    await expect(open().get('a')).rejects.toMatchObject({
      code: 'secret_unreadable',
      message: expect.stringContaining("'a' cannot be opened: it was written by a newer Heddle, or is damaged."),
    });
    await expect(open().set('b', 'x')).rejects.toMatchObject({ code: 'secret_unreadable' });
  });

  it('refuses invalid names and values, without repeating the value', async () => {
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
    expect(await secrets.card('installation', 'key')).toMatchObject({ hosts: ['installation.example'], updatedAt: 5 });
    expect(await secrets.list()).toHaveLength(3);
    await expect(secrets.value('p_other', 'key')).rejects.toMatchObject({ code: 'secret_not_found' });
    // A row under another owner can no longer be opened.
    const row = await subject.one.get<{ sealed: Uint8Array }>("SELECT sealed FROM secrets WHERE owner = 'default'");
    await putSealed('key', row!.sealed, 'p_beta');
    await expect(secrets.value('p_beta', 'key')).rejects.toMatchObject({ code: 'secret_unreadable' });
  });

  it('saves no card of a stored secret without a value, even when another process removes the value at once', async () => {
    const one = store();
    const other = store(subject.other);
    await expect(one.save(cardOf('key'))).rejects.toMatchObject({ code: 'bad_request' });
    await one.save(cardOf('key'), canary);
    await Promise.allSettled([
      one.save(cardOf('key', 'default', { hosts: ['a.example'] })),
      other.remove('default', 'key'),
    ]);
    await nextTick();
    expect([await one.card('default', 'key'), await one.hasValue('default', 'key')]).toEqual([undefined, false]);
  });

  it('records hosts once, and keeps the values', async () => {
    const one = store();
    const other = store(subject.other);
    await one.save(cardOf('key'), canary);
    const learned = [cardOf('key', 'default', { hosts: ['a.example'] })];
    await Promise.all([one.learnHosts(learned), other.learnHosts(learned)]);
    expect([await one.areHostsLearned(), await other.value('default', 'key')]).toEqual([true, canary]);
    expect(await subject.one.all('SELECT at FROM secret_hosts_learned')).toHaveLength(1);
  });

  it('changes a card and keeps the value, and forgets the value of a secret that is read elsewhere', async () => {
    const secrets = store();
    await secrets.save(cardOf('key'), canary);
    await secrets.save(cardOf('key', 'default', { hosts: ['a.example'] }));
    expect(await secrets.value('default', 'key')).toBe(canary);
    await secrets.save(cardOf('key', 'default', { source: { kind: 'environment' } }));
    expect(await secrets.hasValue('default', 'key')).toBe(false);
  });

  it('keeps keys of connections apart: they have no card', async () => {
    const keys = createKeyVault(store());
    await keys.set('connection.openai', canary);
    expect([await keys.has('connection.openai'), await keys.get('connection.openai')]).toEqual([true, canary]);
    expect(await store().list()).toEqual([]);
    expect(await store().card('installation', 'connection.openai')).toBeUndefined();
    await expect(keys.set('other', canary)).rejects.toMatchObject({ code: 'internal' });
  });
});
