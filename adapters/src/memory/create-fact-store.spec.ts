import { afterEach, describe, expect, it } from '@jest/globals';
import { labelOf, type ConversationOwner } from '@heddle/core';
import { createFakeClock, factsSuite } from '@heddle/core/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../database/open-database.js';
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
  const clock = createFakeClock(5);
  return { file, database, facts: createFactStore(database, clock), advance: (ms: number) => clock.advance(ms) };
}

describe('facts in heddle.db', () => {
  it.each(factsSuite.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => entry.run(open()));

  it('are sealed: no text, key or vector is in the file, and erased or replaced ones cannot be opened again', async () => {
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
          missing.map(({ id }) => ({ id, vector })),
        );
      }
    const keys = (): readonly Buffer[] =>
      database.connection.prepare<[], Buffer>('SELECT key FROM fact_keys JOIN facts USING (number)').pluck().all();
    const before = keys();
    expect(before).toHaveLength(48);
    const ids = facts.list({ within: [{ project: 'p' }], subject: 'user:3', limit: 100 }).map(({ id }) => id);
    const erased = new Set(
      ids.map((id) =>
        database.connection
          .prepare<[string], Buffer>('SELECT key FROM fact_keys JOIN facts USING (number) WHERE id = ?')
          .pluck()
          .get(id),
      ),
    );
    expect(facts.erase(ids).facts).toBe(6);
    facts.forgetErased();
    const bytes = [file, `${file}-wal`].map((name) => readFileSync(name));
    const holds = (part: string | Buffer): boolean => bytes.some((content) => content.includes(part));
    expect(['planted-', Buffer.from(vector.buffer).subarray(0, 32)].filter(holds)).toEqual([]);
    expect([...erased].filter((key) => key !== undefined && holds(key))).toEqual([]);
    const left = keys();
    expect([left.length, left.every((key) => holds(key))]).toEqual([42, true]);
    // A replaced fact has no key any more either: only those of rows are left.
    const all = database.connection.prepare<[], Buffer>('SELECT key FROM fact_keys').pluck().all();
    expect(all.filter((key) => !key.equals(Buffer.alloc(32)))).toHaveLength(42);
  });
});
