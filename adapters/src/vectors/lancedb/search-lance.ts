import type { Table } from '@lancedb/lancedb';
import { z } from 'zod';
import type { Passage, VectorQuery } from '@heddle/core';
import type { ScoredSlot } from '../embedded/search/fuse.js';
import { RecordNumbers } from '../shared/record-numbers.js';
import { PassagePayload, toPassage } from '../shared/payloads.js';
import { scoredPassages, searchLegs, type ServerLegs } from '../shared/search-legs.js';
import { questionTerms } from '../shared/terms.js';
import { stopped, untilAborted } from '../until-aborted.js';
import { keysSql, searchedSql } from './conditions.js';
import { loadLibrary, type Library } from './library.js';
import { hasNewRows, type Tables } from './tables.js';

/** Most terms in one query. */
const mostTerms = 900;
/** Most keys in one condition. */
const batchKeys = 500;

const Hit = z.object({ key: z.string(), document: z.string() });

/**
 * Answers a query like the embedded store: the same terms and the same fusion. The filter and the readers are part of each query to
 * LanceDB.
 */
export async function searchLance(tables: Tables, name: string, asked: VectorQuery): Promise<readonly Passage[]> {
  const { signal } = asked;
  if (signal?.aborted === true) throw stopped(signal);
  // A filter that LanceDB cannot process is refused before anything is read.
  const kept = searchedSql(asked.filter, asked.readers);
  return untilAborted(searchTable(tables, name, { asked, kept }), signal);
}

async function searchTable(
  tables: Tables,
  name: string,
  { asked, kept }: { readonly asked: VectorQuery; readonly kept: string },
): Promise<readonly Passage[]> {
  const readsWords = asked.mode !== 'dense' && asked.text !== undefined;
  if (readsWords && (await tables.read(name, hasNewRows))) await tables.indexWords(name);
  const library = await loadLibrary();
  return tables.read(name, async (table, { languages }) => {
    const legs = new Legs({ library, table, kept, terms: questionTerms(asked.text ?? '', languages) });
    const hits = await searchLegs(legs, asked);
    const payloads = await legs.payloadsOf(hits.map(({ slot }) => slot));
    return scoredPassages(hits, asked.mode, (slot) => {
      const payload = payloads.get(slot);
      return payload === undefined ? undefined : toPassage(PassagePayload.parse(JSON.parse(payload)), name);
    });
  });
}

interface Asked {
  readonly library: Library;
  readonly table: Table;
  /** The condition for the passages that may be found. */
  readonly kept: string;
  /** The terms of the question, and how often each occurs in it. */
  readonly terms: ReadonlyMap<string, number>;
}

class Legs implements ServerLegs {
  private readonly numbers = new RecordNumbers();
  private readonly asked: Asked;

  constructor(asked: Asked) {
    this.asked = asked;
  }

  async nearest(vector: Float32Array, limit: number): Promise<readonly ScoredSlot[]> {
    const query = this.asked.table.query().nearestTo(vector).distanceType('dot').where(this.asked.kept);
    const found: unknown[] = await query.select(['key', 'document', '_distance']).limit(limit).toArray();
    // LanceDB returns 1 minus the dot product.
    return found.map((row) => this.numberOf(row, 1 - z.object({ _distance: z.number() }).parse(row)._distance));
  }

  async lexical(limit: number): Promise<readonly ScoredSlot[]> {
    const { library, table, kept, terms } = this.asked;
    const words = wordsByTimes([...terms].slice(0, mostTerms));
    if (words.size === 0) return [];
    const { BooleanQuery, MatchQuery, Occur } = library.lance;
    const query = new BooleanQuery(
      [...words].map(([times, some]) => [
        Occur.Should,
        new MatchQuery(some.join(' '), 'terms', { boost: Math.sqrt(times) }),
      ]),
    );
    const search = table.query().fullTextSearch(query).where(kept).select(['key', 'document', '_score']);
    const found: unknown[] = await search.limit(limit).toArray();
    return found.map((row) => this.numberOf(row, z.object({ _score: z.number() }).parse(row)._score));
  }

  async vectorsOf(slots: readonly number[]): Promise<ReadonlyMap<number, Float32Array>> {
    const VectorOf = z.object({ key: z.string(), vector: z.custom<Iterable<number>>() });
    const found = (await this.rowsOf(slots, 'vector')).map((row) => VectorOf.parse(row));
    return new Map(found.map(({ key, vector }) => [this.numbers.slotOf(key), Float32Array.from(vector)]));
  }

  documentsOf(slots: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.numbers.documentsOf(slots);
  }

  async payloadsOf(slots: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const PayloadOf = z.object({ key: z.string(), payload: z.string() });
    const found = (await this.rowsOf(slots, 'payload')).map((row) => PayloadOf.parse(row));
    return new Map(found.map(({ key, payload }) => [this.numbers.slotOf(key), payload]));
  }

  /** Reads one column of the rows found. Rows that the reader may no longer read are left out. */
  private async rowsOf(slots: readonly number[], column: string): Promise<readonly unknown[]> {
    const rows: unknown[] = [];
    for (const keys of this.numbers.idsOf(slots, batchKeys)) {
      const query = this.asked.table.query().where(`${keysSql(keys)} AND ${this.asked.kept}`);
      rows.push(...((await query.select(['key', column]).toArray()) as unknown[]));
    }
    return rows;
  }

  private numberOf(row: unknown, score: number): ScoredSlot {
    const { key, document } = Hit.parse(row);
    return { slot: this.numbers.numberOf(key, document), score };
  }
}

/** Groups terms by how often the question contains them; each group becomes one query. */
function wordsByTimes(
  terms: readonly (readonly [term: string, times: number])[],
): ReadonlyMap<number, readonly string[]> {
  const words = new Map<number, string[]>();
  for (const [term, times] of terms) words.set(times, [...(words.get(times) ?? []), term]);
  return words;
}
