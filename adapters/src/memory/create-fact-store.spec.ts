import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { labelOf, type ConversationOwner, type FactRequest } from '@heddle/core';
import { createFakeClock, factsSuite } from '@heddle/core/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../database/open-database.js';
import { sqliteTables } from '../database/sqlite-tables.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createFactStore } from './create-fact-store.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

const ownerOf = (index: number): ConversationOwner => ({ project: 'p', workflow: 'w', subject: `user:${index}` });

function open() {
  const temporary = temporaryFolder();
  const file = join(temporary.folder, 'heddle.db');
  const database = openDatabase(file);
  closing.push(() => {
    database.close();
    temporary.remove();
  });
  return { file, database, facts: createFactStore(sqliteTables(database), createFakeClock(5)) };
}

describe.each(bothDatabases)('facts in %s', (_name, openKind) => {
  let database: TestedDatabase;
  beforeAll(async () => {
    database = await openKind();
  }, 120_000);
  afterAll(() => database?.close());

  it.each(factsSuite.map((entry) => [entry.name, entry] as const))('%s', async (_case, entry) => {
    const { one } = await database.reset();
    const clock = createFakeClock(5);
    await entry.run({ facts: createFactStore(one, clock), advance: (ms) => clock.advance(ms) });
  });

  it('are read again by a process when another one replaced them or embedded them with another model', async () => {
    const { one, other } = await database.reset();
    const clock = createFakeClock(5);
    const mine = createFactStore(one, clock);
    const theirs = createFactStore(other, clock);
    const own = mine.of(ownerOf(1), { run: 'r' });
    const own2 = theirs.of(ownerOf(1), { run: 'r' });
    await own.remember([{ key: 'k', text: 'old', label: labelOf('public') }], { idempotencyKey: '1' });
    const [fact] = await own.withoutVector('m', 'restricted');
    const vectorOf = (...values: readonly number[]) => [
      { id: '', text: '', ...fact, vector: Float32Array.from(values) },
    ];
    await own.setVectors('m', vectorOf(1, 0));
    const near = (model: string): FactRequest => ({
      like: { vector: Float32Array.from([1, 0]), model },
      reader: 'restricted',
      limit: 1,
    });
    expect(await own2.find(near('m'))).toMatchObject([{ text: 'old', similarity: 1 }]);
    await own.setVectors('n', vectorOf(0, 1));
    expect(await own2.find(near('n'))).toMatchObject([{ text: 'old', similarity: 0 }]);
    await own.remember([{ key: 'k', text: 'new', label: labelOf('public') }], { idempotencyKey: '2' });
    const [found] = await own2.find(near('n'));
    expect([found?.text, found?.similarity]).toEqual(['new', undefined]);
  });
});

describe('facts in heddle.db', () => {
  it('are sealed: no text, key or vector is in the file, and erased or replaced facts cannot be opened again', async () => {
    const { file, database, facts } = open();
    const vector = Float32Array.from({ length: 384 }, (_value, index) => Math.sin(index));
    for (let round = 0; round < 12; round += 1)
      for (let index = 0; index < 8; index += 1) {
        const own = facts.of(ownerOf(index), { run: 'r' });
        const text = `planted-${index}- ${'x'.repeat((round * 97 + index * 31) % 1_500)}`;
        const fact = { key: `planted-key-${round % 6}`, text, label: labelOf('internal') };
        await own.remember([fact], { idempotencyKey: `k ${round} ${index}` });
        const missing = await own.withoutVector('m', 'restricted');
        await own.setVectors(
          'm',
          missing.map((one) => ({ ...one, vector })),
        );
      }
    const keys = (): readonly Buffer[] =>
      database.connection.prepare<[], Buffer>('SELECT key FROM fact_keys JOIN facts USING (number)').pluck().all();
    const before = keys();
    expect(before).toHaveLength(48);
    const ids = (await facts.list({ within: [{ project: 'p' }], subject: 'user:3', limit: 100 })).map(({ id }) => id);
    const erased = new Set(
      ids.map((id) =>
        database.connection
          .prepare<[string], Buffer>('SELECT key FROM fact_keys JOIN facts USING (number) WHERE id = ?')
          .pluck()
          .get(id),
      ),
    );
    expect((await facts.erase(ids)).facts).toBe(6);
    await facts.forgetErased();
    const bytes = [file, `${file}-wal`].map((name) => readFileSync(name));
    const holds = (part: string | Buffer): boolean => bytes.some((content) => content.includes(part));
    expect(['planted-', Buffer.from(vector.buffer).subarray(0, 32)].filter(holds)).toEqual([]);
    expect([...erased].filter((key) => key !== undefined && holds(key))).toEqual([]);
    const left = keys();
    expect([left.length, left.every((key) => holds(key))]).toEqual([42, true]);
    // A replaced fact has no key either: only the keys of stored rows are left.
    const all = database.connection.prepare<[], Buffer>('SELECT key FROM fact_keys').pluck().all();
    expect(all.filter((key) => !key.equals(Buffer.alloc(32)))).toHaveLength(42);
  });
});
