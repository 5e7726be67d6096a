import { randomUUID } from 'node:crypto';
import {
  Label,
  labelOf,
  LabelLevel,
  readersMark,
  type Cache,
  type CacheEntry,
  type CacheFinding,
  type CacheOwner,
  type CacheScope,
  type Clock,
} from '@heddle/core';
import { answer } from '../database/answer.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { cosine, vectorOf } from './vectors.js';

interface EntryRow {
  readonly key: string;
  readonly level: number;
  readonly value: string;
  readonly label: string;
  readonly cost: number | null;
  readonly currency: string | null;
  readonly stored_at: number;
}
type VectorRow = Pick<EntryRow, 'key' | 'level'> & { readonly vector: Buffer };

/** A cache as a run sees it: its number, and the edition of the results that count. */
interface Shelf {
  readonly cache: number;
  readonly edition: string;
}

/** An entry that was stored so far ahead was stored by a clock that was set wrong. */
const wrongMs = 86_400_000;

/** Most entries of a cache and an edition; the oldest leave. A search looks at each vector of them. */
const maxEntries = 10_000;

type ScopeKey = [project: string, workflow: string, name: string];

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    find: connection
      .prepare<ScopeKey, number>('SELECT number FROM caches WHERE project = ? AND workflow = ? AND name = ?')
      .pluck(),
    open: connection
      .prepare<ScopeKey, number>(
        'INSERT INTO caches (project, workflow, name) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET name = name RETURNING number',
      )
      .pluck(),
    entries: connection.prepare<[number, string, string, number, number], EntryRow>(
      'SELECT * FROM cache_entries WHERE cache = ? AND edition = ? AND key = ? AND expires_at > ? AND stored_at <= ? ORDER BY stored_at DESC, level DESC',
    ),
    vectors: connection.prepare<[number, string, string, number, number], VectorRow>(
      'SELECT key, level, vector FROM cache_entries WHERE cache = ? AND edition = ? AND model = ? AND vector IS NOT NULL AND expires_at > ? AND stored_at <= ?',
    ),
    write: connection.prepare(
      `INSERT OR REPLACE INTO cache_entries (cache, edition, key, level, value, label, cost, currency, vector, model, stored_at, expires_at)
     VALUES (@cache, @edition, @key, @level, @value, @label, @cost, @currency, @vector, @model, @now, @expires)`,
    ),
    expire: connection.prepare<[number]>('DELETE FROM cache_entries WHERE expires_at <= ?'),
    count: connection
      .prepare<[number, string], number>('SELECT count(*) FROM cache_entries WHERE cache = ? AND edition = ?')
      .pluck(),
    trim: connection.prepare<Shelf & { readonly most: number }>(
      `DELETE FROM cache_entries WHERE cache = @cache AND edition = @edition AND (key, level) IN
       (SELECT key, level FROM cache_entries WHERE cache = @cache AND edition = @edition ORDER BY stored_at DESC LIMIT -1 OFFSET @most)`,
    ),
    noteHit: connection.prepare<[number]>('UPDATE caches SET hits = hits + 1 WHERE number = ?'),
    noteSaved: connection.prepare<[number, string, number]>(
      'INSERT INTO cache_savings (cache, currency, saved) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET saved = saved + excluded.saved',
    ),
  };
}

/** The caches of one owner. */
class OwnedCaches implements Cache {
  private readonly database: HeddleDatabase;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private readonly clock: Pick<Clock, 'now'>;
  private readonly trusted: Pick<Clock, 'now'>;
  private readonly owner: CacheOwner;

  constructor(
    database: HeddleDatabase,
    statements: ReturnType<typeof prepareStatements>,
    clock: Pick<Clock, 'now'>,
    trusted: Pick<Clock, 'now'>,
    owner: CacheOwner,
  ) {
    this.database = database;
    this.statements = statements;
    this.clock = clock;
    this.trusted = trusted;
    this.owner = owner;
  }

  get(scope: CacheScope, key: string, reader: Label): Promise<CacheFinding> {
    return this.within((readers) => {
      const found = this.shelvesOf(scope, readers).map((shelf) => this.find(shelf, key, reader));
      return found.find(({ entry }) => entry !== undefined) ?? leastAbove(found);
    });
  }

  nearest(
    scope: CacheScope,
    { vector, model, minSimilarity }: Parameters<Cache['nearest']>[1],
    reader: Label,
  ): Promise<CacheFinding> {
    return this.within((readers) => {
      const above: VectorRow[] = [];
      let best: { readonly shelf: Shelf; readonly key: string; readonly similarity: number } | undefined;
      for (const shelf of this.shelvesOf(scope, readers))
        for (const row of this.statements.vectors.iterate(shelf.cache, shelf.edition, model, ...this.times())) {
          const similarity = cosine(vector, vectorOf(row.vector));
          if (similarity < minSimilarity) continue;
          if (row.level > rankOf(reader)) above.push(row);
          else if (similarity > (best?.similarity ?? -Infinity)) best = { shelf, key: row.key, similarity };
        }
      if (best === undefined) return aboveOf(above);
      const { entry } = this.find(best.shelf, best.key, reader);
      return entry === undefined ? {} : { entry: { ...entry, similarity: best.similarity } };
    });
  }

  set(
    ...[scope, key, { value, label, cost, currency, vector, model }, ttlMs]: Parameters<Cache['set']>
  ): Promise<void> {
    return this.within((readers) => {
      const now = this.clock.now();
      const { expire, open, write, count, trim } = this.statements;
      const add = (): void => {
        expire.run(this.trusted.now());
        const edition = this.editionOf(scope, label, readers);
        const shelf: Shelf = { cache: open.get(...this.scopeKeyOf(scope)) ?? 0, edition };
        write.run({
          ...{ ...shelf, key, now, expires: now + ttlMs, level: rankOf(label) },
          ...{ value: JSON.stringify(value ?? null), label: JSON.stringify(label) },
          ...{ cost: cost ?? null, currency: currency ?? null, model: model ?? null },
          vector: vector === undefined ? null : Buffer.from(Float32Array.from(vector).buffer),
        });
        if ((count.get(shelf.cache, shelf.edition) ?? 0) > maxEntries) trim.run({ ...shelf, most: maxEntries });
      };
      this.database.connection.transaction(add).immediate();
    });
  }

  /** Does work with the present audience. */
  private async within<T>(work: (readers: string | undefined) => T): Promise<T> {
    const readers = await this.owner.audience?.();
    return answer(() => withStorageErrors(this.database.file, () => work(readers)));
  }

  /** What is good now ends later than this, and was not stored by a clock that was set more than a day ahead. */
  private times(): [now: number, latest: number] {
    const now = this.clock.now();
    return [now, now + wrongMs];
  }

  private find(shelf: Shelf, key: string, reader: Label): CacheFinding {
    const rows = this.statements.entries.all(shelf.cache, shelf.edition, key, ...this.times());
    const row = rows.find(({ level }) => level <= rankOf(reader));
    if (row === undefined) return aboveOf(rows);
    const entry = entryOf(row);
    this.noteUse(shelf, entry);
    return { entry };
  }

  private noteUse({ cache }: Shelf, { cost, currency = '' }: CacheEntry): void {
    const { noteHit, noteSaved } = this.statements;
    this.database.connection
      .transaction(() => {
        noteHit.run(cache);
        if (cost !== undefined) noteSaved.run(cache, currency, cost);
      })
      .immediate();
  }

  private scopeKeyOf({ name, isShared }: CacheScope): ScopeKey {
    return [this.owner.project, isShared ? '' : this.owner.workflow, name];
  }

  /** Workflows that share a cache have different editions, so its entries differ only by draft and published. */
  private editionOf({ isShared }: CacheScope, { marks }: Pick<Label, 'marks'>, readers: string | undefined): string {
    const edition = !isShared ? this.owner.edition : this.owner.isPublished ? 'published' : 'draft';
    // A value made from documents with readers is found only by callers with the same names. Without an audience, its key is random, so no lookup finds it.
    return marks.includes(readersMark) ? `${edition} for ${readers ?? randomUUID()}` : edition;
  }

  /** Results for this audience, then those that are the same for everybody. */
  private shelvesOf(scope: CacheScope, readers: string | undefined): readonly Shelf[] {
    const cache = this.statements.find.get(...this.scopeKeyOf(scope));
    if (cache === undefined) return [];
    const own = readers === undefined ? [] : [this.editionOf(scope, { marks: [readersMark] }, readers)];
    return [...own, this.editionOf(scope, { marks: [] }, readers)].map((edition) => ({ cache, edition }));
  }
}

/**
 * The caches of each owner: every statement goes by project, workflow and name, so that a cache of another owner is not there. A reader
 * gets results up to its own level; those above stay where they are.
 */
export function createCacheOfOwner(
  database: HeddleDatabase,
  clock: Pick<Clock, 'now'>,
  trusted: Pick<Clock, 'now'>,
): (owner: CacheOwner) => Cache {
  const statements = prepareStatements(database.connection);
  return (owner) => new OwnedCaches(database, statements, clock, trusted, owner);
}

/** Levels are stored by their rank. */
const rankOf = ({ level }: Label): number => LabelLevel.options.indexOf(level);

/** Of findings without an entry: the least level that would find one. */
function leastAbove(found: readonly CacheFinding[]): CacheFinding {
  const levels = found.flatMap(({ above }) => above ?? []).map((level) => LabelLevel.options.indexOf(level));
  return aboveOf(levels.map((level) => ({ level })));
}

/** The least level that would find something. */
function aboveOf(rows: readonly Pick<EntryRow, 'level'>[]): CacheFinding {
  const least = LabelLevel.options[Math.min(...rows.map(({ level }) => level))];
  return least === undefined ? {} : { above: least };
}

function entryOf({ value, label, cost, currency, stored_at: storedAt }: EntryRow): CacheEntry {
  const parsed: unknown = JSON.parse(value);
  const { level, marks } = Label.parse(JSON.parse(label));
  return {
    value: parsed,
    label: labelOf(level, marks),
    cost: cost ?? undefined,
    currency: currency ?? undefined,
    storedAt,
  };
}
