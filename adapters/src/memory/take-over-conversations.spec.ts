import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultProject, subjectOf, type ConversationOwner, type RunCaller } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { migrations } from '../database/migrations/migrations.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { createConversations } from './create-conversations.js';
import { takeOverConversations, type TakeOverOptions } from './take-over-conversations.js';

const keyOf = (rootId: string, path: string): string =>
  `heddle-${createHash('sha256')
    .update(JSON.stringify([rootId, path, 'append']))
    .digest('hex')
    .slice(0, 40)}`;
const parts: TakeOverOptions = {
  keyOf,
  ownerOf: ({ caller, workflowId, workflowName }) => ({
    project: caller?.project ?? defaultProject,
    workflow: workflowId ?? `document:${workflowName}`,
    subject: subjectOf(caller),
  }),
};
const label = JSON.stringify({ level: 'confidential', marks: [] });

describe('conversations of an older version', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let old: HeddleDatabase;
  const file = (): string => join(folder.folder, 'heddle.db');
  beforeEach(() => {
    folder = temporaryFolder();
    const first = migrations.findIndex(({ name }) => name === 'conversations by subject');
    old = openDatabase(file(), { migrations: migrations.slice(0, first) });
  });
  afterEach(() => folder.remove());

  const writeTo = (session: string, batch: string, text: string): void => {
    const { connection } = old;
    const number = connection
      .prepare<[string], number>('SELECT count(*) + 1 FROM memory_turns WHERE session = ?')
      .pluck()
      .get(session);
    connection.prepare('INSERT INTO memory_batches VALUES (?, ?)').run(session, batch);
    connection
      .prepare('INSERT INTO memory_turns VALUES (?, ?, ?, ?, ?, ?)')
      .run(session, number, batch, JSON.stringify({ role: 'user', content: text }), label, 100 + (number ?? 0));
  };
  interface OldRun {
    readonly id: string;
    readonly caller?: RunCaller;
    readonly workflowId?: string;
    readonly rootId?: string;
    readonly origin?: string;
    readonly path?: string;
  }
  /** A run that appended to a conversation, as an older version stored it. */
  function insertRun({ id, caller, workflowId, rootId = id, origin, path = 'keep' }: OldRun): void {
    const { connection } = old;
    connection.exec("INSERT OR IGNORE INTO bundles VALUES ('sha256:1', 'a workflow with a memory node')");
    const acceptance = JSON.stringify({ inputs: {}, options: {}, seeds: [], caller });
    const run = connection
      .prepare(
        `INSERT INTO runs (id, workflow_id, workflow_name, status, run_trigger, root_id, origin, accepted_at, bundle, acceptance, caller)
         VALUES (?, ?, 'Chat', 'done', 'editor', ?, ?, 1000, 'sha256:1', ?, ?)`,
      )
      .run(id, workflowId, rootId, origin, acceptance, caller === undefined ? null : JSON.stringify(caller));
    connection
      .prepare(
        "INSERT INTO records (run, seq, type, time, path, attempt, body) VALUES (?, 1, 'node-step', 1003, ?, 1, ?)",
      )
      .run(run.lastInsertRowid, path, '{"key":"append","value":{"value":1,"label":{"level":"internal","marks":[]}}}');
  }
  /** Runs as an older version stored them; each writes one turn to a session. */
  function ran(runs: readonly (OldRun & { readonly session: string })[]): void {
    for (const { session, ...run } of runs) {
      insertRun(run);
      writeTo(session, keyOf(run.rootId ?? run.id, run.path ?? 'keep'), `said in ${run.id}`);
    }
  }
  const placed = () => {
    const database = openDatabase(file());
    const counts = takeOverConversations(database, parts);
    const conversations = createConversations(sqliteTables(database), createFakeClock());
    const textsOf = async ({ project, subject, workflow }: ConversationOwner, title: string) => {
      const found = await conversations.list({ within: [{ project, subject }], workflow, limit: 100 });
      const whole = await Promise.all(
        found.filter((one) => one.title === title).map(({ id }) => conversations.read(id)),
      );
      return whole.flatMap((one) => one?.said ?? []).map(({ message }) => message.content);
    };
    const unassigned = () => conversations.list({ within: [{ isUnassigned: true }], limit: 100 });
    return { database, counts, conversations, textsOf, unassigned };
  };

  it('belong to the project, workflow and subject of the run that last wrote them', async () => {
    const key = { principal: 'key:k', project: 'beta' };
    const channelOfBefore = { door: 'share' };
    ran([
      { id: 'r1', session: 'of-local', workflowId: 'w1' },
      { id: 'r2', session: 'of-key', workflowId: 'w2', caller: { principal: 'user:before', project: 'beta' } },
      { id: 'r3', session: 'of-key', workflowId: 'w2', caller: key, path: 'sub@0/keep' },
      {
        id: 'r4',
        session: 'of-visitor',
        workflowId: 'w2',
        caller: { ...key, endUser: 'visitor:v', ...channelOfBefore },
      },
      { id: 'r5', session: 'of-document' },
    ]);
    old.close();
    const { database, counts, textsOf, unassigned } = placed();
    expect(counts).toEqual({ placed: 4, unassigned: 0 });
    const local = { project: 'default', workflow: 'w1', subject: 'local' };
    expect(await textsOf(local, 'of-local')).toEqual(['said in r1']);
    const beta = { project: 'beta', workflow: 'w2' };
    expect(await textsOf({ ...beta, subject: 'key:k' }, 'of-key')).toEqual(['said in r2', 'said in r3']);
    expect(await textsOf({ ...beta, subject: 'visitor:v' }, 'of-visitor')).toEqual(['said in r4']);
    expect(await textsOf({ ...local, workflow: 'document:Chat' }, 'of-document')).toEqual(['said in r5']);
    expect(await unassigned()).toEqual([]);
    database.close();
    const again = placed();
    expect(again.counts).toBeUndefined();
    again.database.close();
  });

  it('belong to the first of several repeated runs, which alone wrote', async () => {
    ran([{ id: 'r1', session: 's', workflowId: 'w', caller: { principal: 'user:ada', project: 'beta' } }]);
    const caller = { principal: 'user:eve', project: 'beta' };
    insertRun({ id: 'r2', rootId: 'r1', origin: 'r1', workflowId: 'w', caller });
    old.close();
    const { database, textsOf } = placed();
    const owner = { project: 'beta', workflow: 'w', subject: 'user:ada' };
    expect(await textsOf(owner, 's')).toEqual(['said in r1']);
    database.close();
  });

  it('have no owner when no run proves one or runs of two projects wrote; no run can read those', async () => {
    ran([
      { id: 'r1', session: 'mixed', workflowId: 'w', caller: { principal: 'user:a', project: 'default' } },
      { id: 'r2', session: 'mixed', workflowId: 'w', caller: { principal: 'user:b', project: 'beta' } },
      { id: 'r3', session: 'gone', workflowId: 'w' },
      { id: 'r4', session: 'later', workflowId: 'w' },
      { id: 'newest', session: 'kept', workflowId: 'w' },
    ]);
    writeTo('later', 'heddle-of-a-run-that-is-gone', 'the last word');
    old.connection.exec(
      "DELETE FROM records WHERE run = (SELECT number FROM runs WHERE id = 'r3'); DELETE FROM runs WHERE id = 'r3'",
    );
    old.close();
    const { database, counts, conversations, textsOf, unassigned } = placed();
    expect(counts).toEqual({ placed: 1, unassigned: 3 });
    expect((await unassigned()).map(({ title }) => title).sort()).toEqual(['gone', 'later', 'mixed']);
    const local = { project: 'default', workflow: 'w', subject: 'local' };
    for (const session of ['mixed', 'gone', 'later']) expect(await textsOf(local, session)).toEqual([]);
    const beta = { project: 'beta', workflow: 'w', subject: 'user:b' };
    expect(await textsOf(beta, 'mixed')).toEqual([]);

    const [gone] = (await unassigned()).filter(({ title }) => title === 'gone');
    expect(await conversations.find(gone?.id ?? '')).toMatchObject({ title: 'gone', turns: 1, level: 'confidential' });
    await conversations.assign(gone?.id ?? '', local);
    expect(await textsOf(local, 'gone')).toEqual(['said in r3']);
    await expect(conversations.assign(gone?.id ?? '', beta)).rejects.toThrow(/has an owner/);
    database.close();
  });

  it('leave nothing of erased ones in the old tables', async () => {
    ran([{ id: 'planted-r1', session: 's', workflowId: 'w' }]);
    old.close();
    const { database, conversations } = placed();
    const [one] = await conversations.list({ within: [{ project: 'default' }], limit: 1 });
    await conversations.erase([one?.id ?? '']);
    await conversations.forgetErased();
    for (const name of [file(), `${file()}-wal`]) expect(readFileSync(name).includes('said in planted-r1')).toBe(false);
    database.close();
  });

  it('are migrated within seconds when there are many', async () => {
    ran([{ id: 'r1', session: 'first', workflowId: 'w' }]);
    old.connection.transaction(() => {
      for (let index = 0; index < 20_000; index += 1) {
        const session = `session-${index}`;
        old.connection.prepare('INSERT INTO memory_batches VALUES (?, ?)').run(session, `b${index}`);
        old.connection
          .prepare('INSERT INTO memory_turns VALUES (?, 1, ?, \'{"role":"user","content":"Hi"}\', ?, 1)')
          .run(session, `b${index}`, label);
      }
    })();
    old.close();
    const begun = performance.now();
    const { database, counts } = placed();
    expect(counts).toEqual({ placed: 1, unassigned: 20_000 });
    expect(performance.now() - begun).toBeLessThan(60_000);
    database.close();
  });
});
