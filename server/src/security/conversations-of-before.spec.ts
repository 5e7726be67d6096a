import { afterEach, expect, it } from '@jest/globals';
import { migrations, openDatabase } from '@heddle/adapters/database';
import { serialiseDocument } from '@heddle/core';
import { idempotencyKey } from '@heddle/engine';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHeddle } from '../heddle/open-heddle.js';
import { silentLog } from '../common/log.js';
import { readSettings } from '../settings/read-settings.js';
import { remembering } from './testing/memory-nodes.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A data folder as an older release wrote it: a workflow of Beta, one run of it, and two conversations. */
function folderOfBefore(): { readonly folder: string; readonly workflow: string; readonly beta: string } {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-before-'));
  folders.push(folder);
  const first = migrations.findIndex(({ name }) => name === 'conversations by subject');
  const database = openDatabase(join(folder, 'heddle.db'), { migrations: migrations.slice(0, first) });
  const workflow = 'wf_1';
  const beta = 'p_beta';
  const insert = (sql: string, ...values: readonly (string | number)[]) =>
    database.connection.prepare(sql).run(...values);
  insert('INSERT INTO workflows VALUES (?, ?, 1, 0, 0, ?)', workflow, 'remembering', serialiseDocument(remembering));
  insert("INSERT INTO projects (id, name, created_at) VALUES (?, 'Beta', 0)", beta);
  insert("INSERT INTO owned VALUES ('workflow', ?, ?)", workflow, beta);
  insert("INSERT INTO bundles VALUES ('sha256:1', 'a workflow with a memory node')");
  // The run names no project, but its workflow does.
  const acceptance = { inputs: {}, options: {}, seeds: [], caller: { principal: 'key:k_1' } };
  insert(
    `INSERT INTO runs (number, id, workflow_id, workflow_name, status, run_trigger, root_id, accepted_at, bundle, acceptance, caller)
     VALUES (1, 'r-1', ?, 'Remembering', 'done', 'published', 'r-root', 1000, 'sha256:1', ?, ?)`,
    ...[workflow, JSON.stringify(acceptance), JSON.stringify(acceptance.caller)],
  );
  insert(
    `INSERT INTO records (run, seq, type, time, path, attempt, body)
     VALUES (1, 1, 'node-step', 1003, 'keep', 1, '{"key":"append","value":{"value":1,"label":{"level":"internal","marks":[]}}}')`,
  );
  const batch = idempotencyKey('r-root', 'keep', 'append');
  for (const [session, written] of [
    ['support-42', batch],
    ['of-nobody', 'heddle-unknown'],
  ] as const) {
    insert('INSERT INTO memory_batches VALUES (?, ?)', session, written);
    insert(
      `INSERT INTO memory_turns VALUES (?, 1, ?, '{"role":"user","content":"Hello"}', '{"level":"internal","marks":[]}', 7)`,
      ...[session, written],
    );
  }
  database.close();
  return { folder, workflow, beta };
}

it('assigns an old conversation to the subject that the journal proves at the first start, and every other to no one', async () => {
  const { folder, workflow, beta } = folderOfBefore();
  const settings = readSettings({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0' });
  for (const _start of [1, 2]) {
    const heddle = await openHeddle(settings, { kind: 'command', log: silentLog });
    const { conversations } = heddle.parts;
    const listed = await conversations.list({ within: [{ project: beta }, { isUnassigned: true }], limit: 10 });
    const owners = new Map(listed.map(({ title, owner }) => [title, owner]));
    expect(owners.get('support-42')).toEqual({ project: beta, workflow, subject: 'key:k_1' });
    expect([owners.size, owners.get('of-nobody')]).toEqual([2, undefined]);
    await heddle.stop();
    await heddle.close();
  }
});
