import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { CollectionInfo, collectionNotFound, HeddleError, type CreateCollection, type Rename } from '@heddle/core';
import { z } from 'zod';
import { nameTaken } from '../shared/name-taken.js';

const Meta = CollectionInfo.pick({ embedding: true, dimensions: true, splitter: true, label: true, createdAt: true });

const Entry = z.object({
  name: z.string(),
  tableId: z.string(),
  meta: z.string(),
  languages: z.string(),
  updatedAt: z.number(),
});

/** A collection as the file records it. */
export interface NamedTable extends z.infer<typeof Meta> {
  readonly name: string;
  /** The name of the collection's table, which never changes. */
  readonly tableId: string;
  /** Languages that passages have, or had. */
  readonly languages: readonly string[];
  readonly updatedAt: number;
}

/** Milliseconds that a write waits for the writes of other programs. */
const longestWait = 120_000;

/**
 * The names of collections, in a small SQLite file beside the tables, because LanceDB cannot rename a table, nor several in one step. The
 * file is also the lock for all writes: only one program writes at a time, and the lock ends when its program is killed.
 */
export class NamesFile {
  private readonly names: Database.Database;
  private readonly lock: Database.Database;
  private last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.names = new Database(join(folder, 'heddle-names.db'), { timeout: 10_000 });
    this.names.pragma('journal_mode = WAL');
    this.names.pragma('synchronous = FULL');
    this.names.exec(`
      CREATE TABLE IF NOT EXISTS collections (
        name TEXT PRIMARY KEY, tableId TEXT NOT NULL UNIQUE, meta TEXT NOT NULL,
        languages TEXT NOT NULL DEFAULT '[]', updatedAt REAL NOT NULL
      );
      CREATE TABLE IF NOT EXISTS gone (tableId TEXT PRIMARY KEY);`);
    this.lock = new Database(join(folder, 'heddle-lock.db'), { timeout: 0 });
  }

  create({ name, ...meta }: CreateCollection): string {
    const tableId = `c${randomUUID().replaceAll('-', '')}`;
    const now = Date.now();
    const { changes } = this.names
      .prepare('INSERT INTO collections (name, tableId, meta, updatedAt) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(name, tableId, JSON.stringify({ ...meta, createdAt: now }), now);
    if (changes === 0) throw nameTaken(name);
    return tableId;
  }

  list(): readonly NamedTable[] {
    return this.names
      .prepare('SELECT * FROM collections')
      .all()
      .map(toTable)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  find(name: string): NamedTable {
    const entry = this.names.prepare('SELECT * FROM collections WHERE name = ?').get(name);
    if (entry === undefined) throw collectionNotFound(name);
    return toTable(entry);
  }

  /** Removes a name. Its table counts as gone from now on, and is removed later. */
  drop(name: string): boolean {
    return this.names
      .transaction(() => {
        this.names.prepare('INSERT INTO gone SELECT tableId FROM collections WHERE name = ?').run(name);
        return this.names.prepare('DELETE FROM collections WHERE name = ?').run(name).changes > 0;
      })
      .immediate();
  }

  /** Tables without a name, which are to be removed. */
  gone(): readonly string[] {
    return this.names.prepare('SELECT tableId FROM gone').pluck().all().map(String);
  }

  forget(tableId: string): void {
    this.names.prepare('DELETE FROM gone WHERE tableId = ?').run(tableId);
  }

  rename(moves: readonly Rename[]): void {
    this.names
      .transaction(() => {
        const found = moves.map(({ from, to }) => ({ to, entry: this.find(from) }));
        const move = this.names.prepare('UPDATE collections SET name = ? WHERE tableId = ?');
        // Two collections can exchange names, so all names are freed first.
        for (const { entry } of found) move.run(`\u0000${entry.tableId}`, entry.tableId);
        for (const { to, entry } of found) {
          const isTaken = this.names.prepare('SELECT 1 FROM collections WHERE name = ?').get(to) !== undefined;
          if (isTaken) throw nameTaken(to);
          move.run(to, entry.tableId);
        }
      })
      .immediate();
  }

  /** Records the time of a write, and languages that are new. */
  touch(
    { tableId }: NamedTable,
    { updatedAt, languages }: { readonly updatedAt?: number; readonly languages: readonly string[] },
  ): void {
    if (updatedAt !== undefined)
      this.names
        .prepare('UPDATE collections SET updatedAt = max(updatedAt, ?) WHERE tableId = ?')
        .run(updatedAt, tableId);
    if (languages.length > 0)
      this.names
        .prepare(
          `UPDATE collections SET languages = (SELECT json_group_array(DISTINCT value) FROM (
             SELECT value FROM json_each(languages) UNION SELECT value FROM json_each(?))) WHERE tableId = ?`,
        )
        .run(JSON.stringify(languages), tableId);
  }

  /** Runs one write at a time among all programs that use this folder. Errors: `vector_store_failed`. */
  alone<Result>(write: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(async () => {
      await this.takeLock();
      try {
        return await write();
      } finally {
        this.lock.exec('ROLLBACK');
      }
    });
    this.last = done.catch(() => undefined);
    return done;
  }

  private async takeLock(): Promise<void> {
    for (const end = Date.now() + longestWait; ;) {
      try {
        this.lock.exec('BEGIN EXCLUSIVE');
        return;
      } catch (error) {
        if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
        if (Date.now() > end)
          throw new HeddleError(
            'vector_store_failed',
            'Another program writes to the folder of LanceDB for minutes: end it, or give each program its own folder.',
            { cause: error, retryable: true },
          );
        await pause(5);
      }
    }
  }

  async close(): Promise<void> {
    await this.last;
    this.names.close();
    this.lock.close();
  }
}

function toTable(row: unknown): NamedTable {
  const { meta, languages, ...entry } = Entry.parse(row);
  return {
    ...Meta.parse(JSON.parse(meta)),
    ...entry,
    languages: z.array(z.string()).parse(JSON.parse(languages)),
  };
}
