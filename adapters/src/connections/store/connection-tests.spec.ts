import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Connection, connectionSecret } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { bothDatabases, type TestedDatabase } from '../../testing/both-databases.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import { createKeyVault, createSecretStore } from '../vault/secret-store.js';
import { createConnectionStore } from './connection-store.js';
import { createConnectionTests } from './connection-tests.js';
import { join } from 'node:path';

const clock = { now: () => 1 };
const good = { isReachable: true, ms: 12, models: ['small'], at: 5 };
const mine = Connection.parse({ id: 'mine', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' });

describe.each(bothDatabases)('connections in %s', (_name, open) => {
  let database: TestedDatabase;
  let subject: TablesSubject;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    await createConnectionStore(subject.one, clock).add(mine);
  });

  it('are the same for two processes, and only one of two processes adds a connection', async () => {
    const one = createConnectionStore(subject.one, clock);
    const other = createConnectionStore(subject.other, clock);
    expect(await other.get('mine')).toEqual(mine);
    const added = { ...mine, id: 'other' };
    const settled = await Promise.allSettled([one.add(added), other.add({ ...added, title: 'Other' })]);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
    await one.save({ ...added, title: 'New' });
    expect((await other.list()).map(({ id, title }) => [id, title])).toEqual([
      ['mine', ''],
      ['other', 'New'],
    ]);
    await other.delete('other');
    for (const work of [one.get('other'), one.delete('other')])
      await expect(work).rejects.toMatchObject({ code: 'connection_not_found' });
  });

  it('are removed with their keys, and a new one starts without a key', async () => {
    const temporary = temporaryFolder();
    try {
      const keyFile = join(temporary.folder, 'secret.key');
      const keys = createKeyVault(createSecretStore(subject.one, { keyFile, clock }));
      const store = createConnectionStore(subject.one, clock);
      await keys.set(connectionSecret('mine'), 'first');
      await store.save({ ...mine, title: 'Mine' });
      expect(await keys.get(connectionSecret('mine'))).toBe('first');
      await store.delete('mine');
      expect(await keys.has(connectionSecret('mine'))).toBe(false);
      // Written at the moment at which the connection is removed.
      await keys.set(connectionSecret('mine'), 'late');
      await store.add(mine);
      expect(await keys.has(connectionSecret('mine'))).toBe(false);
    } finally {
      temporary.remove();
    }
  });

  it('keep the newest test of each for another process', async () => {
    const tests = createConnectionTests(subject.one);
    await tests.save('mine', { isReachable: false, ms: 3, models: [], code: 'provider_failed', message: 'No.', at: 4 });
    await tests.save('mine', good);
    expect(await createConnectionTests(subject.other).all()).toEqual(new Map([['mine', good]]));
  });

  it('delete tests on request, and with their connection; a missing connection stores none', async () => {
    const tests = createConnectionTests(subject.one);
    await tests.save('mine', good);
    await tests.forget('mine');
    await tests.save('other', good);
    expect((await tests.all()).size).toBe(0);
    await tests.save('mine', good);
    const store = createConnectionStore(subject.other, clock);
    await store.save({ ...(await store.get('mine')), title: 'Mine' });
    expect((await tests.all()).size).toBe(1);
    await store.delete('mine');
    expect((await tests.all()).size).toBe(0);
  });
});
