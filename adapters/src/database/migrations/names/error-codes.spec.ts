import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { temporaryFolder } from '../../../testing/temporary-folder.js';
import { openDatabase } from '../../open-database.js';
import { migrations } from '../migrations.js';

let temporary: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(() => temporary.remove());

it('gives stored errors their current codes, and keeps every other code', () => {
  const file = join(temporary.folder, 'heddle.db');
  const first = migrations.findIndex(({ name }) => name === 'codes of errors');
  const before = openDatabase(file, { migrations: migrations.slice(0, first) });
  before.connection.exec(`
    INSERT INTO bundles VALUES ('sha256:1', '{}');
    INSERT INTO runs (id, workflow_name, status, run_trigger, root_id, accepted_at, bundle, acceptance, error)
      VALUES ('r1', 'W', 'failed', 'api', 'r1', 0, 'sha256:1', '{}', '{"code":"seed_mismatch","message":"stopped"}'),
             ('r2', 'W', 'failed', 'api', 'r2', 0, 'sha256:1', '{}', '{"code":"node_failed","message":"stopped"}'),
             ('r3', 'W', 'done', 'api', 'r3', 0, 'sha256:1', '{}', NULL);
    INSERT INTO arrivals (channel, at, key, code) VALUES ('h', 0, 'a', 'door_closed'), ('h', 0, 'b', NULL);
  `);
  before.close();
  const after = openDatabase(file);
  const all = (sql: string): unknown[] => after.connection.prepare<[]>(sql).pluck().all();
  expect(all('SELECT error FROM runs ORDER BY id')).toEqual([
    '{"code":"reused_result_mismatch","message":"stopped"}',
    '{"code":"node_failed","message":"stopped"}',
    null,
  ]);
  expect(all('SELECT code FROM arrivals ORDER BY number')).toEqual(['channel_closed', null]);
  after.close();
});
