import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultProject, subjectOf, type ConversationOwner, type RunCaller } from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, createFakeClock, records } from '@heddle/core/testing';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFolderBlobs } from '../blobs/index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { migrations } from '../database/migrations/migrations.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { createRetention } from '../stores/retention/retention.js';
import { createSqliteJournal } from '../journal/sqlite-journal.js';
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
const withMemory = {
  ...bundleNamed('Chat'),
  document: {
    ...bundleNamed('Chat').document,
    nodes: { keep: { type: 'memory', version: 1, config: { mode: 'write' } } },
  },
};
/** The journal of now writes checksums, for which a database of before has no columns. */
const checksums = (database: HeddleDatabase, change: 'ADD COLUMN checksum INTEGER' | 'DROP COLUMN checksum'): void => {
  for (const table of ['records', 'runs']) database.connection.exec(`ALTER TABLE ${table} ${change}`);
};
const label = JSON.stringify({ level: 'confidential', marks: [] });

describe('conversations of before', () => {
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
  /** Runs of the journal as it was; each writes one turn to a session. */
  async function ran(
    runs: readonly {
      id: string;
      session: string;
      caller?: RunCaller;
      workflowId?: string;
      rootId?: string;
      path?: string;
    }[],
  ): Promise<void> {
    checksums(old, 'ADD COLUMN checksum INTEGER');
    const journal = createSqliteJournal(old, {
      blobs: createFolderBlobs(join(folder.folder, 'blobs')),
      clock: createFakeClock(),
    });
    for (const { id, session, caller, workflowId, rootId = id, path = 'keep' } of runs) {
      const about = { workflowId, workflowName: 'Chat', rootId, ...(caller === undefined ? {} : { caller }) };
      await journal.accept(acceptanceOf(id, about), withMemory);
      const value = { value: 1, label: { level: 'internal' as const, marks: [] } };
      await appendTo(journal, id, [
        records.runStart(),
        { type: 'node-step', time: 1003, path, attempt: 1, key: 'append', value },
        records.runEnd(),
      ]);
      writeTo(session, keyOf(rootId, path), `said in ${id}`);
    }
    await journal.close();
    checksums(old, 'DROP COLUMN checksum');
  }
  const placed = () => {
    const database = openDatabase(file());
    const counts = takeOverConversations(database, parts);
    const conversations = createConversations(database, createFakeClock());
    const textsOf = async (owner: ConversationOwner, session: string) =>
      (await conversations.of(owner).read(session)).turns.map(({ message }) => message.content);
    const unassigned = () => conversations.list({ within: [{ isUnassigned: true }], limit: 100 });
    return { database, counts, conversations, textsOf, unassigned };
  };

  it('go to the project, workflow and subject of the run that last wrote them', async () => {
    const key = { principal: 'key:k', project: 'beta' };
    await ran([
      { id: 'r1', session: 'of-local', workflowId: 'w1' },
      { id: 'r2', session: 'of-key', workflowId: 'w2', caller: { principal: 'user:before', project: 'beta' } },
      { id: 'r3', session: 'of-key', workflowId: 'w2', caller: key, path: 'sub@0/keep' },
      { id: 'r4', session: 'of-visitor', workflowId: 'w2', caller: { ...key, channel: 'share', endUser: 'visitor:v' } },
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
    expect(unassigned()).toEqual([]);
    database.close();
    const again = placed();
    expect(again.counts).toBeUndefined();
    again.database.close();
  });

  it('go to the first of runs that repeat each other, which alone wrote', async () => {
    await ran([{ id: 'r1', session: 's', workflowId: 'w', caller: { principal: 'user:ada', project: 'beta' } }]);
    checksums(old, 'ADD COLUMN checksum INTEGER');
    const journal = createSqliteJournal(old, {
      blobs: createFolderBlobs(join(folder.folder, 'blobs')),
      clock: createFakeClock(),
    });
    const caller = { principal: 'user:eve', project: 'beta' };
    await journal.accept(acceptanceOf('r2', { rootId: 'r1', origin: 'r1', workflowId: 'w', caller }), withMemory);
    const value = { value: 1, label: { level: 'internal' as const, marks: [] } };
    await appendTo(journal, 'r2', [{ type: 'node-step', time: 1, path: 'keep', attempt: 1, key: 'append', value }]);
    await journal.close();
    checksums(old, 'DROP COLUMN checksum');
    old.close();
    const { database, textsOf } = placed();
    const owner = { project: 'beta', workflow: 'w', subject: 'user:ada' };
    expect(await textsOf(owner, 's')).toEqual(['said in r1']);
    database.close();
  });

  it('stay without an owner where no run proves one, or runs of two projects wrote; no run reaches those', async () => {
    await ran([
      { id: 'r1', session: 'mixed', workflowId: 'w', caller: { principal: 'user:a', project: 'default' } },
      { id: 'r2', session: 'mixed', workflowId: 'w', caller: { principal: 'user:b', project: 'beta' } },
      { id: 'r3', session: 'gone', workflowId: 'w' },
      { id: 'r4', session: 'later', workflowId: 'w' },
      { id: 'newest', session: 'kept', workflowId: 'w' },
    ]);
    writeTo('later', 'heddle-of-a-run-that-is-gone', 'the last word');
    checksums(old, 'ADD COLUMN checksum INTEGER');
    expect(createRetention(old).remove('r3')).toBe('removed');
    checksums(old, 'DROP COLUMN checksum');
    old.close();
    const { database, counts, conversations, textsOf, unassigned } = placed();
    expect(counts).toEqual({ placed: 1, unassigned: 3 });
    expect(
      unassigned()
        .map(({ session }) => session)
        .sort(),
    ).toEqual(['gone', 'later', 'mixed']);
    const local = { project: 'default', workflow: 'w', subject: 'local' };
    for (const session of ['mixed', 'gone', 'later']) expect(await textsOf(local, session)).toEqual([]);
    const beta = { project: 'beta', workflow: 'w', subject: 'user:b' };
    expect(await textsOf(beta, 'mixed')).toEqual([]);

    const [gone] = unassigned().filter(({ session }) => session === 'gone');
    expect(conversations.find(gone?.id ?? '')).toMatchObject({ session: 'gone', turns: 1, level: 'confidential' });
    conversations.assign(gone?.id ?? '', local);
    expect(await textsOf(local, 'gone')).toEqual(['said in r3']);
    expect(() => conversations.assign(gone?.id ?? '', beta)).toThrow(/has an owner/);
    await conversations
      .of(local)
      .append('later', [{ message: { role: 'user', content: 'new' }, label: { level: 'public', marks: [] } }], {
        idempotencyKey: 'k',
      });
    const [later] = unassigned().filter(({ session }) => session === 'later');
    expect(() => conversations.assign(later?.id ?? '', local)).toThrow(/of this session already/);
    database.close();
  });

  it('leave nothing of what is erased in the tables of before', async () => {
    await ran([{ id: 'planted-r1', session: 's', workflowId: 'w' }]);
    old.close();
    const { database, conversations } = placed();
    const [one] = conversations.list({ within: [{ project: 'default' }], limit: 1 });
    conversations.erase([one?.id ?? '']);
    conversations.forgetErased();
    for (const name of [file(), `${file()}-wal`]) expect(readFileSync(name).includes('said in planted-r1')).toBe(false);
    database.close();
  });

  it('are taken over within seconds where there are many', async () => {
    await ran([{ id: 'r1', session: 'first', workflowId: 'w' }]);
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
    expect(performance.now() - begun).toBeLessThan(20_000);
    database.close();
  });
});
