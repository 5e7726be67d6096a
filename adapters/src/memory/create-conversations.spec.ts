import { afterEach, describe, expect, it } from '@jest/globals';
import { labelOf, type ConversationOwner, type ConversationQuery } from '@heddle/core';
import { conversationsSuite, createFakeClock, turnOf as said } from '@heddle/core/testing';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { openDatabase } from '../database/open-database.js';
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
  const conversations = createConversations(database, clock);
  const listed = (query: Partial<ConversationQuery> = {}) =>
    conversations.list({ within: [{ project: 'default' }], limit: 100, ...query });
  return { file, database, clock, conversations, listed };
}

describe('conversations in heddle.db', () => {
  it.each(conversationsSuite.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) =>
    entry.run(open().conversations),
  );

  it('reads the end of a conversation of 10,000 turns without the rest', async () => {
    const { conversations } = open();
    const memory = conversations.memory(conversations.begin(ada).id, 'r');
    const turns = Array.from({ length: 10_000 }, (_value, index) => said(`turn ${index}`));
    await memory.append(turns, { idempotencyKey: 'k' });
    const { turns: found } = await memory.read({ limit: 2 });
    expect(found.map(({ message }) => message.content)).toEqual(['turn 9998', 'turn 9999']);
    expect((await memory.read()).turns).toHaveLength(10_000);
  });

  it('holds what was written to it, whoever writes to others', async () => {
    const few = (letter: string) => fc.constantFrom(`${letter}1`, `${letter}2`);
    const owner = fc.record({ project: few('p'), workflow: few('w'), subject: few('s') });
    const write = fc.tuple(fc.nat(5), fc.string());
    await fc.assert(
      fc.asyncProperty(
        fc.array(owner, { minLength: 6, maxLength: 6 }),
        fc.array(write, { maxLength: 24 }),
        async (owners, writes) => {
          const { conversations } = open();
          const ids = owners.map((one) => conversations.begin(one).id);
          const expected = ids.map((): string[] => []);
          for (const [index, [of, text]] of writes.entries()) {
            await conversations.memory(ids[of] ?? '', 'r').append([said(text)], { idempotencyKey: `k${index}` });
            expected[of]?.push(text);
          }
          for (const [index, id] of ids.entries()) {
            const { turns } = await conversations.memory(id, 'r').read();
            expect(turns.map(({ message }) => message.content)).toEqual(expected[index]);
            expect(conversations.find(id)?.owner).toEqual(owners[index]);
          }
          const listed = conversations.list({ within: [{ project: 'p1', subject: 's1' }], limit: 1_000 });
          for (const found of listed) expect(found.owner).toMatchObject({ project: 'p1', subject: 's1' });
          closing.splice(0).forEach((close) => close());
        },
      ),
      { numRuns: 20 },
    );
  });

  it('seals names: neither an old nor a new one is in the file', () => {
    const { file, conversations } = open();
    const { id } = conversations.begin(ada, { title: 'planted-name-one' });
    conversations.rename(id, 'planted-name-two');
    conversations.forgetErased();
    for (const text of ['planted-name-one', 'planted-name-two'])
      for (const name of [file, `${file}-wal`])
        expect([text, readFileSync(name).includes(text)]).toEqual([text, false]);
    expect(conversations.find(id)?.title).toBe('planted-name-two');
  });
});

describe('erasing', () => {
  it('takes what was said out of the file and its log, between conversations that stay', async () => {
    const { file, database, conversations, listed } = open();
    const threads = new Map<string, string>();
    const memoryOf = (subject: string) => {
      const id = threads.get(subject) ?? conversations.begin({ ...ada, subject }).id;
      threads.set(subject, id);
      return conversations.memory(id, 'r');
    };
    const subjects = Array.from({ length: 12 }, (_value, index) => `user:${index}`);
    // Written in turns, short and long, so that pages hold pieces of several conversations.
    for (let round = 0; round < 40; round += 1)
      for (const [index, subject] of subjects.entries()) {
        const text = `planted-${index}- ${'x'.repeat((round * 97 + index * 31) % 3_000)} planted-${index}-`;
        await memoryOf(subject).append([said(text)], { idempotencyKey: `k${round}` });
        if (round % 8 === 7) {
          const summary = {
            text: `planted-${index}- round ${round}${'y'.repeat(round * 9)}`,
            label: labelOf('internal'),
            turns: 1,
          };
          await memoryOf(subject).summarise(summary);
        }
      }
    const found = (index: number) =>
      [file, `${file}-wal`].filter((name) => readFileSync(name).includes(`planted-${index}-`)).length;
    const isThere = (key: Buffer | undefined) => key !== undefined && readFileSync(file).includes(key);
    const order = [3, 7, 8, 0, 11, 5, 4];
    const keys = database.connection.prepare<[], Buffer>('SELECT key FROM conversation_keys').pluck().all();
    for (const index of order) {
      const ids = listed({ subject: `user:${index}` }).map(({ id }) => id);
      const erased = conversations.erase(ids);
      expect(erased).toMatchObject({ conversations: 1, turns: 40 });
      expect(erased.hashes).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
    }
    conversations.forgetErased();
    for (const index of order) expect([index, found(index), isThere(keys[index])]).toEqual([index, 0, false]);
    expect(isThere(keys[1])).toBe(true);
    expect((await memoryOf('user:1').read({ limit: 1 })).turns).toHaveLength(1);
    expect(conversations.erase(['unknown'])).toEqual({ conversations: 0, turns: 0, hashes: [] });
  });

  it('removes what nobody wrote to for so long', async () => {
    const { clock, conversations, listed } = open();
    conversations.begin(ada, { title: 'old' });
    await clock.advance(1_000);
    conversations.begin(ada, { title: 'young' });
    expect(conversations.sweep(clock.now(), 10)).toBe(1);
    expect(listed().map(({ title }) => title)).toEqual(['young']);
  });
});
