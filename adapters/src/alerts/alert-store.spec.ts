import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AlertChannelConfig, AlertRule, type AlertStore } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createAlertStore } from './alert-store.js';

const rule = AlertRule.parse({
  name: 'A',
  condition: { kind: 'threshold', metric: 'runs', value: 1 },
  channels: ['c'],
});
const config = AlertChannelConfig.parse({ kind: 'webhook', name: 'Team', url: 'https://example.org/in' });
const firing = { status: 'firing', since: 5, notifiedAt: 5 } as const;
const event = { at: 5, kind: 'fired', value: 2, text: 'runs: 2', runs: ['r'], isSilenced: false } as const;

describe('the store of alerts', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  let database: HeddleDatabase;
  let store: AlertStore;
  const open = (): void => {
    database = openDatabase(join(temporary.folder, 'heddle.db'));
    const keyFile = join(temporary.folder, 'secret.key');
    store = createAlertStore(database, { clock: createFakeClock(1_000), keyFile });
  };
  beforeEach(() => {
    temporary = temporaryFolder();
    open();
    store.save({ id: 'a', project: 'p', owner: 'local', rule });
    store.addChannel({ id: 'c', project: 'p', owner: 'local', config }, 'whsec_canary');
  });
  afterEach(() => {
    database.close();
    temporary.remove();
  });
  const record = (): void =>
    store.record('a', { state: firing, event: { ...event, runs: ['r'] }, messages: [{ channel: 'c', message: '{}' }] });
  const again = (): void => {
    database.close();
    open();
  };

  it('keeps a state, its event and its messages over a restart', () => {
    record();
    again();
    expect(store.rule('a')).toMatchObject({ rule, state: firing, project: 'p' });
    expect(store.history('a', 10)).toMatchObject([
      { ...event, deliveries: [{ channel: 'c', status: 'waiting', attempts: 0 }] },
    ]);
    expect(store.due(5, 10)).toMatchObject([{ alert: 'a', channel: 'c', event: 'fired', message: '{}' }]);
    expect([store.due(4, 10), store.nextAt()]).toEqual([[], 5]);
  });

  it('keeps nothing of a change that the disk refuses', () => {
    database.connection.exec(
      "CREATE TRIGGER full BEFORE INSERT ON alert_deliveries BEGIN SELECT raise(ABORT, 'full'); END",
    );
    expect(record).toThrow('full');
    expect([store.rule('a').state.status, store.history('a', 10)]).toEqual(['ok', []]);
  });

  it('sends nothing again that was on its way when the process ended', () => {
    record();
    const [message] = store.due(5, 1);
    store.beginSending(message?.id ?? '');
    again();
    expect(store.due(1e12, 10)).toEqual([]);
    store.markInterrupted();
    expect(store.history('a', 1)[0]?.deliveries).toMatchObject([{ status: 'interrupted', attempts: 1 }]);
    expect(store.lastDelivery('c')).toMatchObject({ status: 'interrupted' });
  });

  it('seals secrets, and forgets what is removed', () => {
    const stored = JSON.stringify(
      database.connection.prepare('SELECT config, CAST(secret AS TEXT) FROM alert_channels').all(),
    );
    expect(stored).not.toContain('canary');
    again();
    expect(store.secretOf('c')).toBe('whsec_canary');
    record();
    store.removeChannel('c');
    expect(store.due(1e12, 10)).toEqual([]);
    expect(() => store.channel('c')).toThrow(expect.objectContaining({ code: 'alert_channel_not_found' }));
    store.remove('a');
    record();
    expect(store.history('a', 10)).toEqual([]);
    expect(() => store.rule('a')).toThrow(expect.objectContaining({ code: 'alert_not_found' }));
  });

  it('removes old history with its messages', () => {
    record();
    expect([store.prune(5), store.prune(6), store.prune(6)]).toEqual([false, true, false]);
    expect(store.history('a', 10)).toEqual([]);
    expect(store.rule('a').state.status).toBe('firing');
  });
});
