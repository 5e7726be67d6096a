import { afterEach, describe, expect, it } from '@jest/globals';
import { labelOf, type ConversationOwner, type ConversationQuery, type Label } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
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
  return { file, database, clock, conversations, memory: conversations.of(ada), listed };
}
const said = (content: string, label: Label = labelOf('internal')) => ({
  message: { role: 'user' as const, content },
  label,
});

describe('the memory of an owner', () => {
  it('keeps turns in order with their labels, each session by itself, and an unknown one is empty', async () => {
    const { memory } = open();
    const secret = labelOf('confidential', ['untrusted']);
    await memory.append('a', [said('one'), said('two', secret)], { idempotencyKey: 'k' });
    await memory.append('b', [said('other')], { idempotencyKey: 'k' });
    const { turns } = await memory.read('a');
    expect(turns.map(({ message, label, time }) => [message.content, label, time])).toEqual([
      ['one', labelOf('internal'), 5],
      ['two', secret, 5],
    ]);
    expect(turns[1]?.label).toBe(secret);
    expect(await memory.read('nobody')).toEqual({ turns: [], summary: undefined });
  });

  it('adds the same turns once, also when the key comes again', async () => {
    const { memory } = open();
    for (const _attempt of [1, 2]) await memory.append('a', [said('one')], { idempotencyKey: 'k' });
    expect((await memory.read('a')).turns).toHaveLength(1);
  });

  it('lets a summary stand for the oldest turns, never with a lower label than the one before', async () => {
    const { memory, listed } = open();
    const four = ['1', '2', '3', '4'].map((text) => said(text));
    await memory.append('a', four, { idempotencyKey: 'k' });
    await memory.summarise('a', { text: 'one', label: labelOf('restricted'), turns: 1 });
    await memory.summarise('a', { text: 'one to three', label: labelOf('public'), turns: 2 });
    const { turns, summary } = await memory.read('a');
    expect(turns.map(({ message }) => message.content)).toEqual(['4']);
    expect(summary).toEqual({ text: 'one to three', label: labelOf('restricted'), turns: 3 });
    expect(listed()).toMatchObject([{ session: 'a', turns: 4, level: 'restricted' }]);
  });

  it('reads the end of a conversation of 10,000 turns without the rest, and forgets it whole', async () => {
    const { memory, listed } = open();
    const turns = Array.from({ length: 10_000 }, (_value, index) => said(`turn ${index}`));
    await memory.append('a', turns, { idempotencyKey: 'k' });
    const { turns: found } = await memory.read('a', { limit: 2 });
    expect(found.map(({ message }) => message.content)).toEqual(['turn 9998', 'turn 9999']);
    expect((await memory.read('a')).turns).toHaveLength(10_000);
    await memory.clear('a');
    expect((await memory.read('a')).turns).toEqual([]);
    expect(listed()).toEqual([]);
  });

  it('holds what this owner wrote, whoever else writes to a session of the same name', async () => {
    const few = (letter: string) => fc.constantFrom(`${letter}1`, `${letter}2`, '', 'NULL');
    const write = fc.record({ project: few('p'), workflow: few('w'), subject: few('s'), session: few('n') });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 24 }), async (writes) => {
        const { conversations } = open();
        const expected = new Map<string, string[]>();
        for (const [index, { session, ...owner }] of writes.entries()) {
          const text = `turn ${index}`;
          await conversations.of(owner).append(session, [said(text)], { idempotencyKey: 'the same' + String(index) });
          const key = JSON.stringify([owner, session]);
          expected.set(key, [...(expected.get(key) ?? []), text]);
        }
        for (const { session, ...owner } of writes) {
          const { turns } = await conversations.of(owner).read(session);
          expect(turns.map(({ message }) => message.content)).toEqual(expected.get(JSON.stringify([owner, session])));
        }
        const listed = conversations.list({ within: [{ project: 'p1', subject: 's1' }], limit: 1_000 });
        for (const { owner } of listed) expect(owner).toMatchObject({ project: 'p1', subject: 's1' });
        closing.splice(0).forEach((close) => close());
      }),
      { numRuns: 20 },
    );
  });
});

describe('the list of conversations', () => {
  it('is of a project, of one subject, or of none, newest first and in pages', async () => {
    const { conversations, clock, listed } = open();
    for (const [index, subject] of ['user:ada', 'user:bob', 'user:ada'].entries()) {
      await clock.advance(1);
      await conversations.of({ ...ada, subject }).append(`s${index}`, [said('Hi')], { idempotencyKey: 'k' });
    }
    await conversations.of({ ...ada, project: 'other' }).append('theirs', [said('Hi')], { idempotencyKey: 'k' });
    const names = (query: Partial<ConversationQuery>) => listed(query).map(({ session }) => session);
    expect(names({})).toEqual(['s2', 's1', 's0']);
    expect(names({ within: [{ project: 'default', subject: 'user:ada' }] })).toEqual(['s2', 's0']);
    expect(names({ within: [] })).toEqual([]);
    expect(names({ within: [{ isUnassigned: true }] })).toEqual([]);
    const [first] = listed({ limit: 1 });
    expect(names({ after: first })).toEqual(['s1', 's0']);
    expect(names({ writtenBefore: first?.updatedAt })).toEqual(['s1', 's0']);
    expect(conversations.count({ within: [{ project: 'default' }], subject: 'user:ada', limit: 1 })).toBe(2);
  });
});

describe('erasing', () => {
  it('takes what was said out of the file and its log, between conversations that stay', async () => {
    const { file, database, conversations, listed } = open();
    const subjects = Array.from({ length: 12 }, (_value, index) => `user:${index}`);
    // Written in turns, short and long, so that pages hold pieces of several conversations.
    for (let round = 0; round < 40; round += 1)
      for (const [index, subject] of subjects.entries()) {
        const text = `planted-${index}- ${'x'.repeat((round * 97 + index * 31) % 3_000)} planted-${index}-`;
        const owner = { ...ada, subject };
        await conversations.of(owner).append('s', [said(text)], { idempotencyKey: `k${round}` });
        if (round % 8 === 7) {
          const summary = {
            text: `planted-${index}- round ${round}${'y'.repeat(round * 9)}`,
            label: labelOf('internal'),
            turns: 1,
          };
          await conversations.of(owner).summarise('s', summary);
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
    expect((await conversations.of({ ...ada, subject: 'user:1' }).read('s', { limit: 1 })).turns).toHaveLength(1);
    expect(conversations.erase(['unknown'])).toEqual({ conversations: 0, turns: 0, hashes: [] });
  });

  it('removes what nobody wrote to for so long', async () => {
    const { memory, clock, conversations, listed } = open();
    await memory.append('old', [said('Hi')], { idempotencyKey: 'k' });
    await clock.advance(1_000);
    await memory.append('young', [said('Hi')], { idempotencyKey: 'k' });
    expect(conversations.sweep(clock.now(), 10)).toBe(1);
    expect(listed().map(({ session }) => session)).toEqual(['young']);
  });
});
