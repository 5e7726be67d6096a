import type { Passage, VectorQuery } from '@heddle/core';
import { z } from 'zod';
import type { ScoredSlot } from '../embedded/search/fuse.js';
import { repetition } from '../embedded/search/search-lexical.js';
import { RecordNumbers } from '../shared/record-numbers.js';
import { PassagePayload, toPassage } from '../shared/payloads.js';
import { scoredPassages, searchLegs, type ServerLegs } from '../shared/search-legs.js';
import { questionTerms } from '../shared/terms.js';
import { stopped } from '../until-aborted.js';
import { readerTerms, everybody, oneOf, searchedConditions, type Condition } from './conditions.js';
import { factsOf } from './facts.js';
import { getObjects, longestAnswer, placeOf, type Place, type WeaviateLocation } from './location.js';

/** Most terms in one query. */
const mostTerms = 900;
/** A keyword search asks for at least this many passages: more than a restarting server has in its memory. */
const leastAsked = 500;
/** Objects that one request reads by id. */
const batchIds = 500;

/**
 * Answers a query like the embedded store: the same terms and the same fusion. The filter and the readers are part of each query to the
 * server.
 */
export async function searchWeaviate(location: WeaviateLocation, asked: VectorQuery): Promise<readonly Passage[]> {
  if (asked.signal?.aborted === true) throw stopped(asked.signal);
  // A filter with too many conditions is refused before anything is read.
  const kept = searchedConditions(asked.filter, asked.readers);
  const legs = new Legs(await placeOf(location), asked, kept);
  const hits = await searchLegs(legs, asked);
  const payloads = await legs.payloadsOf(hits.map(({ slot }) => slot));
  return scoredPassages(hits, asked.mode, (slot) => {
    const payload = payloads.get(slot);
    return payload === undefined ? undefined : toPassage(PassagePayload.parse(JSON.parse(payload)), location.name);
  });
}

const Additional = z.object({
  id: z.string(),
  distance: z.number().nullish(),
  score: z.coerce.number().nullish(),
  vectors: z.object({ dense: z.array(z.number()) }).nullish(),
});
const Row = z.object({
  document: z.string().nullish(),
  position: z.number().nullish(),
  payload: z.string().nullish(),
  readers: z.array(z.string()).nullish(),
  _additional: Additional,
});
type Row = z.infer<typeof Row>;

class Legs implements ServerLegs {
  private readonly numbers = new RecordNumbers();
  private readonly place: Place;
  private readonly asked: VectorQuery;
  private readonly kept: readonly Condition[];

  constructor(place: Place, asked: VectorQuery, kept: readonly Condition[]) {
    this.place = place;
    this.asked = asked;
    this.kept = kept;
  }

  async nearest(vector: Float32Array, limit: number): Promise<readonly ScoredSlot[]> {
    const near = `nearVector:{vector:${JSON.stringify([...vector])},targetVectors:["dense"]}`;
    const rows = await this.rows([near], limit, 'document position _additional{id distance}');
    // The server returns the negative dot product.
    return this.scored(rows, ({ distance }) => -(distance ?? 0));
  }

  async lexical(limit: number): Promise<readonly ScoredSlot[]> {
    const { languages, isFresh } = await factsOf(this.place, this.asked.signal);
    const terms = [...questionTerms(this.asked.text ?? '', languages)];
    const { query, factor } = questionOf(terms.slice(0, mostTerms));
    if (query === '') return [];
    const words = `bm25:{query:${JSON.stringify(query)},properties:["terms"]}`;
    const least = isFresh ? longestAnswer : leastAsked;
    const rows = await this.rows([words], Math.max(limit, least), 'document position _additional{id score}');
    // The server omits the customary factor (k1 + 1); with it, scores equal those of the embedded store.
    return this.scored(rows, ({ score }) => ((score ?? 0) / factor) * (repetition + 1)).slice(0, limit);
  }

  async vectorsOf(slots: readonly number[]): Promise<ReadonlyMap<number, Float32Array>> {
    const rows = await this.read(slots, '_additional{id vectors{dense}}');
    return new Map(
      [...rows].map(([slot, { _additional }]) => [slot, Float32Array.from(_additional.vectors?.dense ?? [])]),
    );
  }

  documentsOf(slots: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.numbers.documentsOf(slots);
  }

  async payloadsOf(slots: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const rows = await this.read(slots, 'payload readers _additional{id}');
    return new Map(
      [...rows].flatMap(([slot, { payload, readers }]) =>
        // The query already has this condition. The second check makes sure that no text leaks if the server ever drops it.
        typeof payload === 'string' && this.mayShow(readers ?? []) ? [[slot, payload] as const] : [],
      ),
    );
  }

  private mayShow(list: readonly string[]): boolean {
    const { readers } = this.asked;
    return (
      readers === undefined || list.includes(everybody) || readerTerms(readers).some((name) => list.includes(name))
    );
  }

  /** Reads some fields of the passages found. Passages that the reader may no longer read are left out. */
  private async read(slots: readonly number[], fields: string): Promise<ReadonlyMap<number, Row>> {
    const found = new Map<number, Row>();
    for (const ids of this.numbers.idsOf(slots, batchIds))
      for (const row of await this.rows([], ids.length, fields, [oneOf('id', ids)]))
        found.set(this.numbers.slotOf(row._additional.id), row);
    return found;
  }

  private async rows(
    search: readonly string[],
    limit: number,
    fields: string,
    where: readonly Condition[] = [],
  ): Promise<readonly Row[]> {
    const more = [...search, `limit:${Math.min(limit, longestAnswer)}`];
    const asked = { class: 'passages', where: [...where, ...this.kept], more, fields } as const;
    return (await getObjects(this.place, asked, this.asked.signal)).map((row) => Row.parse(row));
  }

  /** Best first; equal scores in the order of the documents. */
  private scored(rows: readonly Row[], scoreOf: (found: Row['_additional']) => number): readonly ScoredSlot[] {
    return rows
      .map((row) => ({ row, score: rounded(scoreOf(row._additional)) }))
      .sort((a, b) => b.score - a.score || orderOf(a.row, b.row))
      .map(({ row, score }) => ({ slot: this.numbers.numberOf(row._additional.id, row.document ?? ''), score }));
  }
}

/** The server adds in single precision, and in another order with each filter, so the last digits mean nothing. */
const rounded = (score: number): number => Number(score.toPrecision(6));

function orderOf(a: Row, b: Row): number {
  if (a.document === b.document) return (a.position ?? 0) - (b.position ?? 0);
  return (a.document ?? '') < (b.document ?? '') ? -1 : 1;
}

/** How often a term that occurs once is repeated, if another term occurs several times. */
const onceTimes = 12;

/**
 * The query for the server, which weighs a term by how often the query contains it. Heddle weighs it by the square root, so terms are
 * repeated in that ratio, within two per cent. Scores are divided by the factor.
 */
function questionOf(terms: readonly (readonly [term: string, times: number])[]): {
  readonly query: string;
  readonly factor: number;
} {
  const isPlain = terms.every(([, times]) => times === 1);
  const factor = isPlain ? 1 : onceTimes;
  const repeated = terms.flatMap(([term, times]) => Array<string>(Math.round(factor * Math.sqrt(times))).fill(term));
  return { query: repeated.join(' '), factor };
}
