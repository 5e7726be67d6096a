import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { labelOf, type ConversationOwner, type ConversationQuery, type GuardedWrite } from '@heddle/core';
import { conversationsSuite, createFakeClock, turnOf as said } from '@heddle/core/testing';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createConversations } from './create-conversations.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const ada: ConversationOwner = { project: 'default', workflow: 'w', subject: 'user:ada' };

function open() {
  const temporary = temporaryFolder();
  const file = join(temporary.folder, 'heddle.db');
  const database = openDatabase(file);
  closing.push(() => {
    database.close();
    temporary.remove();
  });
  const clock = createFakeClock(5);
  const conversations = createConversations(sqliteTables(database), clock);
  const listed = (query: Partial<ConversationQuery> = {}) =>
    conversations.list({ within: [{ project: 'default' }], limit: 100, ...query });
  return { file, database, clock, conversations, listed };
}

describe.each(bothDatabases)('conversations in %s', (_name, openKind) => {
  let database: TestedDatabase;
  beforeAll(async () => {
    database = await openKind();
  }, 120_000);
  afterAll(() => database?.close());

  it.each(conversationsSuite.map((entry) => [entry.name, entry] as const))('%s', async (_case, entry) => {
    const { one } = await database.reset();
    await entry.run(createConversations(one, createFakeClock(5)));
  });

  it('are removed after a time without writes, some by the rule of a project, even by two processes at once', async () => {
    const { one, other } = await database.reset();
    const clock = createFakeClock(5);
    const first = createConversations(one, clock);
    const second = createConversations(other, clock);
    const secret = labelOf('restricted');
    await first.memory((await first.begin(ada)).id, 'r').append([said('old', secret)], { idempotencyKey: 'k' });
    await first.begin({ ...ada, subject: 'userer:x' }, { title: 'another kind' });
    await first.begin({ ...ada, project: 'p2' }, { title: 'elsewhere' });
    await clock.advance(1_000);
    await first.begin(ada, { title: 'young' });
    const among = { project: 'default', subjects: 'user', level: 'confidential' } as const;
    expect(await first.sweep(clock.now(), 10, { ...among, project: 'p2' })).toBe(0);
    const swept = await Promise.all([first.sweep(clock.now(), 10, among), second.sweep(clock.now(), 10, among)]);
    expect(swept).toContain(1);
    expect(await first.sweep(clock.now(), 1)).toBe(1);
    expect(await first.sweep(clock.now(), 10)).toBe(1);
    const left = await second.list({ within: [{ project: 'default' }, { project: 'p2' }], limit: 10 });
    expect(left.map(({ title }) => title)).toEqual(['young']);
  });

  it('are created, renamed, assigned and erased in one transaction with their audit events', async () => {
    const { one } = await database.reset();
    const conversations = createConversations(one, createFakeClock(5));
    const recorded = (id: string): GuardedWrite => ({
      sql: 'INSERT INTO users (id, email, name, created_at) VALUES (@id, @id, @id, 0)',
      values: { id },
    });
    const { id } = await conversations.begin(ada, { title: 'a' }, (writes, made) =>
      one.commit([...writes, recorded(made.id)]),
    );
    // A change that cannot be recorded is not made.
    const refuse = (writes: readonly GuardedWrite[]) => one.commit([...writes, { ...recorded(id), rows: 2 }]);
    await expect(conversations.rename(id, 'b', refuse)).rejects.toMatchObject({ code: 'conflict' });
    await expect(conversations.erase([id], refuse)).rejects.toMatchObject({ code: 'conflict' });
    expect(await conversations.find(id)).toMatchObject({ id, title: 'a', owner: ada });
    await expect(conversations.assign(id, ada)).rejects.toMatchObject({ code: 'conflict' });
    const erased = await conversations.erase([id], (writes, { hashes }) =>
      one.commit([...writes, recorded(hashes[0] ?? '')]),
    );
    expect(await one.all('SELECT id FROM users ORDER BY created_at, id')).toHaveLength(2);
    expect(await one.get('SELECT id FROM users WHERE id = @id', { id: erased.hashes[0] ?? '' })).toBeDefined();
    expect(await conversations.find(id)).toBeUndefined();
  });
});

describe('conversations in heddle.db', () => {
  it('read the end of a conversation of 10,000 turns without the rest', async () => {
    const { conversations } = open();
    const memory = conversations.memory((await conversations.begin(ada)).id, 'r');
    const turns = Array.from({ length: 10_000 }, (_value, index) => said(`turn ${index}`));
    await memory.append(turns, { idempotencyKey: 'k' });
    const { turns: found } = await memory.read({ limit: 2 });
    expect(found.map(({ message }) => message.content)).toEqual(['turn 9998', 'turn 9999']);
    expect((await memory.read()).turns).toHaveLength(10_000);
  });

  it('contain what was written to them, whatever is written to others', async () => {
    const few = (letter: string) => fc.constantFrom(`${letter}1`, `${letter}2`);
    const owner = fc.record({ project: few('p'), workflow: few('w'), subject: few('s') });
    const write = fc.tuple(fc.nat(5), fc.string());
    await fc.assert(
      fc.asyncProperty(
        fc.array(owner, { minLength: 6, maxLength: 6 }),
        fc.array(write, { maxLength: 24 }),
        async (owners, writes) => {
          const { conversations } = open();
          const ids: string[] = [];
          for (const one of owners) ids.push((await conversations.begin(one)).id);
          const expected = ids.map((): string[] => []);
          for (const [index, [of, text]] of writes.entries()) {
            await conversations.memory(ids[of] ?? '', 'r').append([said(text)], { idempotencyKey: `k${index}` });
            expected[of]?.push(text);
          }
          for (const [index, id] of ids.entries()) {
            const { turns } = await conversations.memory(id, 'r').read();
            expect(turns.map(({ message }) => message.content)).toEqual(expected[index]);
            expect((await conversations.find(id))?.owner).toEqual(owners[index]);
          }
          const listed = await conversations.list({ within: [{ project: 'p1', subject: 's1' }], limit: 1_000 });
          for (const found of listed) expect(found.owner).toMatchObject({ project: 'p1', subject: 's1' });
          closing.splice(0).forEach((close) => close());
        },
      ),
      { numRuns: 20 },
    );
  });

  it('seal names: neither an old nor a new name is in the file', async () => {
    const { file, conversations } = open();
    const { id } = await conversations.begin(ada, { title: 'planted-name-one' });
    await conversations.rename(id, 'planted-name-two');
    await conversations.forgetErased();
    for (const text of ['planted-name-one', 'planted-name-two'])
      for (const name of [file, `${file}-wal`])
        expect([text, readFileSync(name).includes(text)]).toEqual([text, false]);
    expect((await conversations.find(id))?.title).toBe('planted-name-two');
  });
});

describe('erasing', () => {
  it('removes the text from the file and its log, between conversations that stay', async () => {
    const { file, database, conversations, listed } = open();
    const threads = new Map<string, string>();
    const memoryOf = async (subject: string) => {
      const id = threads.get(subject) ?? (await conversations.begin({ ...ada, subject })).id;
      threads.set(subject, id);
      return conversations.memory(id, 'r');
    };
    const subjects = Array.from({ length: 12 }, (_value, index) => `user:${index}`);
    // Short and long turns in alternation, so that pages contain pieces of several conversations.
    for (let round = 0; round < 40; round += 1)
      for (const [index, subject] of subjects.entries()) {
        const text = `planted-${index}- ${'x'.repeat((round * 97 + index * 31) % 3_000)} planted-${index}-`;
        await (await memoryOf(subject)).append([said(text)], { idempotencyKey: `k${round}` });
        if (round % 8 === 7) {
          const summary = {
            text: `planted-${index}- round ${round}${'y'.repeat(round * 9)}`,
            label: labelOf('internal'),
            turns: 1,
          };
          await (await memoryOf(subject)).summarise(summary);
        }
      }
    const found = (index: number) =>
      [file, `${file}-wal`].filter((name) => readFileSync(name).includes(`planted-${index}-`)).length;
    const isThere = (key: Buffer | undefined) => key !== undefined && readFileSync(file).includes(key);
    const order = [3, 7, 8, 0, 11, 5, 4];
    const keys = database.connection.prepare<[], Buffer>('SELECT key FROM conversation_keys').pluck().all();
    for (const index of order) {
      const ids = (await listed({ subject: `user:${index}` })).map(({ id }) => id);
      const erased = await conversations.erase(ids);
      expect(erased).toMatchObject({ conversations: 1, turns: 40 });
      expect(erased.hashes).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
    }
    await conversations.forgetErased();
    for (const index of order) expect([index, found(index), isThere(keys[index])]).toEqual([index, 0, false]);
    expect(isThere(keys[1])).toBe(true);
    expect((await (await memoryOf('user:1')).read({ limit: 1 })).turns).toHaveLength(1);
    expect(await conversations.erase(['unknown'])).toEqual({ conversations: 0, turns: 0, hashes: [] });
  });
});
