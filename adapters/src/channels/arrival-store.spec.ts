import type { RunAcceptance } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createArrivalStore, keptArrivals, nowScope } from './arrival-store.js';
import { ChannelStore, scheduleScope } from './channel-store.js';

const run = (runId: string, scope: string, key: string): RunAcceptance => ({
  ...{ runId, workflowId: 'w', workflowName: 'W', time: 7, trigger: 'webhook', inputs: {}, options: {} },
  ...{ rootId: runId, origin: undefined, reused: [] },
  idempotency: { scope, key, requestHash: 'sha256:1' },
});

describe('what came in', () => {
  let folder: string;
  let database: HeddleDatabase;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-arrivals-'));
    database = openDatabase(join(folder, 'heddle.db'));
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is written with the run that it began, of webhooks and schedules alone', () => {
    const { projection, list } = createArrivalStore(database);
    for (const [runId, scope, key] of [
      ['r1', 'hook:h', 'm1'],
      ['r2', 'key:k', 'm1'],
      ['r3', scheduleScope('s'), '1700'],
      ['r4', nowScope('s'), 'n_1'],
    ] as const)
      projection.accept?.(run(runId, scope, key), 'sha256:0');
    expect(list('h', 9)).toEqual([{ number: 1, at: 7, key: 'm1', runId: 'r1' }]);
    expect(list('s', 9).map(({ key, runId }) => [key, runId])).toEqual([
      ['now', 'r4'],
      ['1700', 'r3'],
    ]);
  });

  it('is bounded, whatever is sent', () => {
    const { projection, refused, list } = createArrivalStore(database);
    projection.accept?.(run('r1', 'hook:h', 'good'), 'sha256:0');
    for (let index = 0; index < keptArrivals + 30; index += 1)
      refused('h', index, 'k'.repeat(9_000), { code: 'signature_invalid', message: 'm'.repeat(9_000) });
    const all = list('h', 1_000);
    expect(all).toHaveLength(keptArrivals + 1);
    expect(all.at(-1)).toMatchObject({ runId: 'r1' });
    expect([all[0]?.key.length, all[0]?.error?.message.length]).toEqual([255, 500]);
  });

  it('goes with its webhook', () => {
    const channels = new ChannelStore(database, join(folder, 'secret.key'));
    const { refused, list } = createArrivalStore(database);
    channels.insert({ id: 'h', kind: 'hook', workflowId: 'w', owner: 'local', body: {}, createdAt: 1 });
    refused('h', 1, '', { code: 'bad_json', message: 'm' });
    channels.remove('h');
    expect(list('h', 9)).toEqual([]);
  });
});
