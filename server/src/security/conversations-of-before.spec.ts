import { afterEach, expect, it } from '@jest/globals';
import { createFolderBlobs } from '@heddle/adapters/blobs';
import { migrations, openDatabase } from '@heddle/adapters/database';
import { createSqliteJournal } from '@heddle/adapters/journal';
import { createWorkflowStore } from '@heddle/adapters/stores';
import { openIdentity } from '@heddle/adapters/identity';
import { acceptanceOf, appendTo, records } from '@heddle/core/testing';
import { idempotencyKey } from '@heddle/engine';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHeddle } from '../heddle/open-heddle.js';
import { silentLog } from '../heddle/log.js';
import { realClock } from '../heddle/real-clock.js';
import { readSettings } from '../settings/read-settings.js';
import { remembering } from './testing/memory-nodes.js';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A data folder as the release before wrote it: a workflow of Beta, one run of it, and two conversations. */
async function folderOfBefore(): Promise<{
  readonly folder: string;
  readonly workflow: string;
  readonly beta: string;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-before-'));
  folders.push(folder);
  const first = migrations.findIndex(({ name }) => name === 'conversations by subject');
  const database = openDatabase(join(folder, 'heddle.db'), { migrations: migrations.slice(0, first) });
  const { owned, projects } = openIdentity(database, {
    clock: realClock,
    keyFile: join(folder, 'secret.key'),
    limits: { idleMs: 1, longestMs: 1 },
  });
  const workflow = (await createWorkflowStore(database, realClock).create(remembering)).id;
  const beta = projects.create('Beta').id;
  owned.assign('workflow', workflow, beta);
  // The journal of now writes checksums, for which a database of before has no columns.
  const tables = ['records', 'runs'];
  for (const table of tables) database.connection.exec(`ALTER TABLE ${table} ADD COLUMN checksum INTEGER`);
  const journal = createSqliteJournal(database, { blobs: createFolderBlobs(join(folder, 'blobs')), clock: realClock });
  // The run says nothing of a project: its workflow does.
  const about = { workflowId: workflow, caller: { principal: 'key:k_1' }, rootId: 'r-root' };
  await journal.accept(acceptanceOf('r-1', about), { document: remembering, workflows: {} });
  await appendTo(journal, 'r-1', [
    records.runStart(),
    {
      ...{ type: 'node-step', time: 1003, path: 'keep', attempt: 1, key: 'append' },
      value: { value: 1, label: { level: 'internal', marks: [] } },
    },
    records.runEnd(),
  ]);
  const batch = idempotencyKey('r-root', 'keep', 'append');
  for (const [session, written] of [
    ['support-42', batch],
    ['of-nobody', 'heddle-unknown'],
  ] as const) {
    database.connection.prepare('INSERT INTO memory_batches VALUES (?, ?)').run(session, written);
    database.connection
      .prepare('INSERT INTO memory_turns VALUES (?, 1, ?, ?, ?, 7)')
      .run(session, written, '{"role":"user","content":"Hello"}', '{"level":"internal","marks":[]}');
  }
  await journal.close();
  for (const table of tables) database.connection.exec(`ALTER TABLE ${table} DROP COLUMN checksum`);
  database.close();
  return { folder, workflow, beta };
}

it('gives a conversation of before to whom the journal proves at the first start, and every other to nobody', async () => {
  const { folder, workflow, beta } = await folderOfBefore();
  const settings = readSettings({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0' });
  for (const _start of [1, 2]) {
    const heddle = await openHeddle(settings, { kind: 'command', log: silentLog });
    const { conversations } = heddle.parts;
    const listed = conversations.list({ within: [{ project: beta }, { isUnassigned: true }], limit: 10 });
    const owners = new Map(listed.map(({ session, owner }) => [session, owner]));
    expect(owners.get('support-42')).toEqual({ project: beta, workflow, subject: 'key:k_1' });
    expect([owners.size, owners.get('of-nobody')]).toEqual([2, undefined]);
    await heddle.stop();
    await heddle.close();
  }
});
