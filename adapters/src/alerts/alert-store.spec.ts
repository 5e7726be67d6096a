import { AlertChannelConfig, AlertRule, type AlertStore } from '@heddle/core';
import { createFakeClock, type TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createSealedText, type SealedText } from '../identity/sealed-text.js';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { join } from 'node:path';
import { createAlertStore } from './alert-store.js';

const rule = AlertRule.parse({
  name: 'A',
  condition: { kind: 'threshold', metric: 'runs', value: 1 },
  channels: ['c'],
});
const config = AlertChannelConfig.parse({ kind: 'webhook', name: 'Team', url: 'https://example.org/in' });
const firing = { status: 'firing', since: 5, notifiedAt: 5 } as const;
const event = { at: 5, kind: 'fired', value: 2, text: 'runs: 2', runs: ['r'], isSilenced: false } as const;
const outcome = { state: firing, event: { ...event, runs: ['r'] }, messages: [{ channel: 'c', message: '{}' }] };
/** A reversible encoding that is not the plain text. */
const sealed: SealedText = {
  seal: (name, value) => Buffer.from(`${name} ${Buffer.from(value).toString('base64')}`),
  open: (name, value) =>
    Buffer.from(
      Buffer.from(value)
        .toString()
        .slice(name.length + 1),
      'base64',
    ).toString(),
};

describe.each(bothDatabases)('the store of alerts in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let store: AlertStore;
  let theirs: AlertStore;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    const options = { clock: createFakeClock(1_000), sealed };
    store = createAlertStore(tables.one, options);
    theirs = createAlertStore(tables.other, options);
    await tables.one.commit([
      ...store.write.save({ id: 'a', project: 'p', owner: 'local', rule }),
      ...store.write.addChannel({ id: 'c', project: 'p', owner: 'local', config }, 'whsec_canary'),
    ]);
  });
  const record = async (): Promise<boolean> => store.record(await store.rule('a'), outcome);

  it('keeps a state, its event and its messages', async () => {
    expect(await record()).toBe(true);
    expect(await theirs.rule('a')).toMatchObject({ rule, state: firing, project: 'p' });
    expect(await theirs.rules()).toHaveLength(1);
    expect(await theirs.history('a', 10)).toMatchObject([
      { ...event, deliveries: [{ channel: 'c', status: 'waiting', attempts: 0 }] },
    ]);
    expect(await theirs.due(5, 10)).toMatchObject([{ alert: 'a', channel: 'c', event: 'fired', message: '{}' }]);
    expect([await theirs.due(4, 10), await theirs.nextAt()]).toEqual([[], 5]);
  });

  it('stores the outcome of a check and its messages once when two processes record it', async () => {
    const found = await store.rule('a');
    const stored = await Promise.all([store.record(found, outcome), theirs.record(found, outcome)]);
    expect([...stored].sort()).toEqual([false, true]);
    expect([(await store.history('a', 9)).length, (await store.due(9, 9)).length]).toEqual([1, 1]);
  });

  it('lets one of two processes send each message, and records the result', async () => {
    await record();
    const [message] = await store.due(5, 1);
    const id = message?.id ?? '';
    const begun = await Promise.all([store.beginSending(id), theirs.beginSending(id)]);
    expect([...begun].sort()).toEqual([false, true]);
    await theirs.tryLater(id, 99, 'No.');
    expect([await store.due(98, 9), await store.nextAt()]).toEqual([[], 99]);
    expect(await store.beginSending(id)).toBe(true);
    await tables.one.commit(store.write.endSending(id, { status: 'sent', at: 100 }));
    expect(await theirs.lastDelivery('c')).toEqual({ at: 100, status: 'sent' });
    expect((await theirs.history('a', 1))[0]?.deliveries).toMatchObject([{ status: 'sent', attempts: 2, sentAt: 100 }]);
    expect([await store.nextAt(), await store.lastDelivery('other')]).toEqual([undefined, undefined]);
  });

  it('does not send a message again that was being sent when the process ended', async () => {
    await record();
    const [message] = await store.due(5, 1);
    await store.beginSending(message?.id ?? '');
    expect(await theirs.due(1e12, 10)).toEqual([]);
    await theirs.markInterrupted();
    expect((await store.history('a', 1))[0]?.deliveries).toMatchObject([{ status: 'interrupted', attempts: 1 }]);
    expect(await store.lastDelivery('c')).toMatchObject({ status: 'interrupted' });
  });

  it('seals secrets, and deletes them with their channel', async () => {
    expect(JSON.stringify(await store.channels())).not.toContain('canary');
    const [row] = await tables.one.all<{ readonly secret: Uint8Array }>('SELECT secret FROM alert_channels');
    expect(Buffer.from(row?.secret ?? []).toString()).not.toContain('canary');
    expect(await theirs.secretOf('c')).toBe('whsec_canary');
    await record();
    await tables.one.commit(store.write.removeChannel('c'));
    expect(await theirs.due(1e12, 10)).toEqual([]);
    await expect(theirs.channel('c')).rejects.toMatchObject({ code: 'alert_channel_not_found' });
    await expect(tables.other.commit(theirs.write.removeChannel('c'))).rejects.toMatchObject({
      code: 'alert_channel_not_found',
    });
    const before = await store.rule('a');
    await tables.one.commit(store.write.silence('a', 77));
    expect((await theirs.rule('a')).silentUntil).toBe(77);
    await tables.other.commit(theirs.write.remove('a'));
    // Nothing is stored or sent about a rule that was removed meanwhile.
    expect(await store.record(before, outcome)).toBe(false);
    expect(await store.history('a', 10)).toEqual([]);
    for (const writes of [store.write.remove('a'), store.write.silence('a', 1)])
      await expect(tables.one.commit(writes)).rejects.toMatchObject({ code: 'alert_not_found' });
    await expect(store.rule('a')).rejects.toMatchObject({ code: 'alert_not_found' });
  });

  it('removes old history with its messages', async () => {
    await record();
    expect([await store.prune(5), await store.prune(6), await store.prune(6)]).toEqual([false, true, false]);
    expect([await theirs.history('a', 10), await theirs.due(1e12, 9)]).toEqual([[], []]);
    expect((await theirs.rule('a')).state.status).toBe('firing');
  });
});

describe('alerts in heddle.db', () => {
  it('keep nothing of a change that the disk refuses, and seal secrets with the key of the data folder', async () => {
    const temporary = temporaryFolder();
    const database = openDatabase(join(temporary.folder, 'heddle.db'));
    const tables = sqliteTables(database);
    const store = createAlertStore(tables, {
      clock: createFakeClock(1_000),
      sealed: createSealedText(database, join(temporary.folder, 'secret.key')),
    });
    await tables.commit([
      ...store.write.save({ id: 'a', project: 'p', owner: 'local', rule }),
      ...store.write.addChannel({ id: 'c', project: 'p', owner: 'local', config }, 'whsec_canary'),
    ]);
    database.connection.exec(
      "CREATE TRIGGER full BEFORE INSERT ON alert_deliveries BEGIN SELECT raise(ABORT, 'full'); END",
    );
    await expect(store.record(await store.rule('a'), outcome)).rejects.toThrow('full');
    expect([(await store.rule('a')).state.status, await store.history('a', 10)]).toEqual(['ok', []]);
    expect(await store.secretOf('c')).toBe('whsec_canary');
    database.close();
    temporary.remove();
  });
});
