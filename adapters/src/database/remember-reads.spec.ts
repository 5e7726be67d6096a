import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { openDatabase, type HeddleDatabase } from './open-database.js';
import { rememberReads } from './remember-reads.js';

describe('rememberReads', () => {
  let folder: string;
  let database: HeddleDatabase;
  let asked: string[];
  let find: (id: string) => string | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-remember-'));
    database = openDatabase(join(folder, 'heddle.db'));
    const content = database.connection.prepare<[string], string>('SELECT content FROM bundles WHERE hash = ?').pluck();
    asked = [];
    find = rememberReads(database, (hash) => {
      asked.push(hash);
      return content.get(hash);
    });
  });

  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (of: HeddleDatabase, hash: string, content: string): void =>
    void of.connection.prepare('INSERT OR REPLACE INTO bundles VALUES (?, ?)').run(hash, content);

  it('reads each key from the database once while nothing is written', () => {
    write(database, 'a', 'one');
    write(database, 'b', 'two');
    expect([find('a'), find('b'), find('a'), find('b')]).toEqual(['one', 'two', 'one', 'two']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('returns a write of this process at the next read, even in the same tick', () => {
    write(database, 'a', 'one');
    expect(find('a')).toBe('one');
    write(database, 'a', 'two');
    expect(find('a')).toBe('two');
    database.connection.prepare('DELETE FROM bundles').run();
    expect(find('a')).toBeUndefined();
  });

  it('returns a write of another program in the next tick of the event loop', async () => {
    write(database, 'a', 'one');
    expect(find('a')).toBe('one');
    const other = openDatabase(database.file);
    write(other, 'a', 'two');
    await yieldToEventLoop();
    expect(find('a')).toBe('two');
    other.close();
  });

  it('keeps nothing of a transaction that was rolled back', () => {
    write(database, 'a', 'one');
    const { connection } = database;
    connection.exec('BEGIN');
    write(database, 'a', 'two');
    expect(find('a')).toBe('two');
    connection.exec('ROLLBACK');
    expect(find('a')).toBe('one');
  });
});
