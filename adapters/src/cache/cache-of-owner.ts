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
  type GuardedWrite,
  type Tables,
} from '@heddle/core';
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

/** Names a cache by its owner. An empty `workflow` means that all workflows of the project share the cache. */
interface ScopeKey {
  readonly project: string;
  readonly workflow: string;
  readonly name: string;
}

/** A cache as a run sees it: its number, and the edition whose results count. */
interface Shelf {
  readonly cache: number;
  readonly edition: string;
}

interface CacheClocks {
  /** The clock that decides when results expire. */
  readonly clock: Pick<Clock, 'now'>;
  /** The clock that decides when expired results are removed. */
  readonly trusted: Pick<Clock, 'now'>;
}

/** An entry that was stored further in the future than this was stored by a wrong clock. */
const wrongMs = 86_400_000;

/** The most entries of an edition of a cache; the oldest are removed. A search compares the vectors of all of them. */
const maxEntries = 10_000;

const vectorsAtOnce = 1_000;

const ofCache = 'project = @project AND workflow = @workflow AND name = @name';
const findSql = `SELECT number FROM caches WHERE ${ofCache}`;
const openSql =
  'INSERT INTO caches (project, workflow, name) VALUES (@project, @workflow, @name) ON CONFLICT (project, workflow, name) DO NOTHING';
const entriesSql = `SELECT key, level, value, label, cost, currency, stored_at FROM cache_entries
  WHERE cache = @cache AND edition = @edition AND key = @key AND expires_at > @now AND stored_at <= @latest ORDER BY stored_at DESC, level DESC`;
const vectorsSql = `SELECT key, level, vector FROM cache_entries
  WHERE cache = @cache AND edition = @edition AND (key, level) > (@afterKey, @afterLevel)
    AND model = @model AND vector IS NOT NULL AND expires_at > @now AND stored_at <= @latest
  ORDER BY key, level LIMIT ${vectorsAtOnce}`;
const writeSql = `INSERT INTO cache_entries (cache, edition, key, level, value, label, cost, currency, vector, model, stored_at, expires_at)
  VALUES ((${findSql}), @edition, @key, @level, @value, @label, @cost, @currency, @vector, @model, @now, @expires)
  ON CONFLICT (cache, edition, key, level) DO UPDATE SET value = excluded.value, label = excluded.label, cost = excluded.cost,
    currency = excluded.currency, vector = excluded.vector, model = excluded.model, stored_at = excluded.stored_at, expires_at = excluded.expires_at`;
const expireSql = 'DELETE FROM cache_entries WHERE expires_at <= @now';
const countSql = 'SELECT count(*) AS count FROM cache_entries WHERE cache = @cache AND edition = @edition';
// SQLite has no OFFSET without a limit. Without MATERIALIZED, Postgres may sort all entries again for each of them.
const trimSql = `WITH surplus AS MATERIALIZED
  (SELECT key, level FROM cache_entries WHERE cache = @cache AND edition = @edition ORDER BY stored_at DESC, key, level LIMIT 1000000 OFFSET ${maxEntries})
  DELETE FROM cache_entries WHERE cache = @cache AND edition = @edition AND (key, level) IN (SELECT key, level FROM surplus)`;
const noteHitSql = 'UPDATE caches SET hits = hits + 1 WHERE number = @cache';
const noteSavedSql = `INSERT INTO cache_savings (cache, currency, saved) VALUES (@cache, @currency, @cost)
  ON CONFLICT (cache, currency) DO UPDATE SET saved = cache_savings.saved + excluded.saved`;

class OwnedCaches implements Cache {
  private readonly tables: Tables;
  private readonly clocks: CacheClocks;
  private readonly owner: CacheOwner;

  constructor(tables: Tables, clocks: CacheClocks, owner: CacheOwner) {
    this.tables = tables;
    this.clocks = clocks;
    this.owner = owner;
  }

  async get(scope: CacheScope, key: string, reader: Label): Promise<CacheFinding> {
    const found: CacheFinding[] = [];
    for (const shelf of await this.shelvesOf(scope)) {
      const finding = await this.find(shelf, key, reader);
      if (finding.entry !== undefined) return finding;
      found.push(finding);
    }
    return leastAbove(found);
  }

  async nearest(
    scope: CacheScope,
    { vector, model, minSimilarity }: Parameters<Cache['nearest']>[1],
    reader: Label,
  ): Promise<CacheFinding> {
    const above: VectorRow[] = [];
    let best: { readonly shelf: Shelf; readonly key: string; readonly similarity: number } | undefined;
    for (const shelf of await this.shelvesOf(scope))
      for await (const row of this.vectors(shelf, model)) {
        const similarity = cosine(vector, vectorOf(row.vector));
        if (similarity < minSimilarity) continue;
        if (row.level > rankOf(reader)) above.push(row);
        else if (similarity > (best?.similarity ?? -Infinity)) best = { shelf, key: row.key, similarity };
      }
    if (best === undefined) return aboveOf(above);
    const { entry } = await this.find(best.shelf, best.key, reader);
    return entry === undefined ? {} : { entry: { ...entry, similarity: best.similarity } };
  }

  async set(
    ...[scope, key, { value, label, cost, currency, vector, model }, ttlMs]: Parameters<Cache['set']>
  ): Promise<void> {
    const readers = await this.owner.audience?.();
    const now = this.clocks.clock.now();
    const scopeKey = this.scopeKeyOf(scope);
    const edition = this.editionOf(scope, label, readers);
    const values = {
      ...scopeKey,
      edition,
      key,
      now,
      expires: now + ttlMs,
      level: rankOf(label),
      value: JSON.stringify(value ?? null),
      label: JSON.stringify(label),
      cost: cost ?? null,
      currency: currency ?? null,
      model: model ?? null,
      vector: vector === undefined ? null : Buffer.from(Float32Array.from(vector).buffer),
    };
    await this.tables.note([
      { sql: expireSql, values: { now: this.clocks.trusted.now() } },
      { sql: openSql, values: { ...scopeKey } },
      { sql: writeSql, values },
    ]);
    await this.trim(scopeKey, edition);
  }

  private async trim(scope: ScopeKey, edition: string): Promise<void> {
    const cache = (await this.tables.get<{ readonly number: number }>(findSql, { ...scope }))?.number;
    if (cache === undefined) return;
    const shelf = { cache, edition };
    const counted = await this.tables.get<{ readonly count: number }>(countSql, shelf);
    if ((counted?.count ?? 0) > maxEntries) await this.tables.note([{ sql: trimSql, values: shelf }]);
  }

  /**
   * An entry is valid if it expires after `now` and was stored before `latest`: a clock that was more than a day ahead stored later ones.
   */
  private times(): { readonly now: number; readonly latest: number } {
    const now = this.clocks.clock.now();
    return { now, latest: now + wrongMs };
  }

  /** Reads the vectors of a model, page by page. */
  private async *vectors(shelf: Shelf, model: string): AsyncGenerator<VectorRow> {
    let after = { afterKey: '', afterLevel: -1 };
    for (;;) {
      const values = { ...shelf, ...after, model, ...this.times() };
      const rows = await this.tables.all<VectorRow>(vectorsSql, values);
      yield* rows;
      const last = rows.at(-1);
      if (last === undefined || rows.length < vectorsAtOnce) return;
      after = { afterKey: last.key, afterLevel: last.level };
    }
  }

  private async find(shelf: Shelf, key: string, reader: Label): Promise<CacheFinding> {
    const rows = await this.tables.all<EntryRow>(entriesSql, { ...shelf, key, ...this.times() });
    const row = rows.find(({ level }) => level <= rankOf(reader));
    if (row === undefined) return aboveOf(rows);
    const entry = entryOf(row);
    await this.tables.note(useOf(shelf, entry));
    return { entry };
  }

  private scopeKeyOf({ name, isShared }: CacheScope): ScopeKey {
    return { project: this.owner.project, workflow: isShared ? '' : this.owner.workflow, name };
  }

  /**
   * Workflows that share a cache have different editions of their own, so the entries of a shared cache differ only by draft and published.
   */
  private editionOf({ isShared }: CacheScope, { marks }: Pick<Label, 'marks'>, readers: string | undefined): string {
    const edition = !isShared ? this.owner.edition : this.owner.isPublished ? 'published' : 'draft';
    // A value from documents with readers is found only by callers with the same readers. Without an audience its key is random, so no
    // lookup finds it.
    return marks.includes(readersMark) ? `${edition} for ${readers ?? randomUUID()}` : edition;
  }

  /** The editions for the current readers first, then the one for everybody. */
  private async shelvesOf(scope: CacheScope): Promise<readonly Shelf[]> {
    const readers = await this.owner.audience?.();
    const found = await this.tables.get<{ readonly number: number }>(findSql, { ...this.scopeKeyOf(scope) });
    if (found === undefined) return [];
    const own = readers === undefined ? [] : [this.editionOf(scope, { marks: [readersMark] }, readers)];
    return [...own, this.editionOf(scope, { marks: [] }, readers)].map((edition) => ({ cache: found.number, edition }));
  }
}

/**
 * Creates the caches of an owner. Every statement names project, workflow and name, so a cache of another owner is never found. A reader
 * gets results up to its own level.
 */
export const createCacheOfOwner =
  (tables: Tables, clocks: CacheClocks): ((owner: CacheOwner) => Cache) =>
  (owner) =>
    new OwnedCaches(tables, clocks, owner);

/** Counts a hit and the cost that it saved. */
const useOf = ({ cache }: Shelf, { cost, currency = '' }: CacheEntry): readonly GuardedWrite[] => [
  { sql: noteHitSql, values: { cache } },
  ...(cost === undefined ? [] : [{ sql: noteSavedSql, values: { cache, currency, cost } }]),
];

/** Levels are stored by their rank. */
const rankOf = ({ level }: Label): number => LabelLevel.options.indexOf(level);

/** If there is no entry: the lowest level that would find one. */
function leastAbove(found: readonly CacheFinding[]): CacheFinding {
  const levels = found.flatMap(({ above }) => above ?? []).map((level) => LabelLevel.options.indexOf(level));
  return aboveOf(levels.map((level) => ({ level })));
}

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
