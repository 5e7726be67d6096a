import type { Passage, VectorQuery } from '@heddle/core';
import type { ScoredSlot } from '../embedded/search/fuse.js';
import { RecordNumbers } from '../shared/record-numbers.js';
import { PassagePayload, toPassage } from '../shared/payloads.js';
import { scoredPassages, searchLegs, type ServerLegs } from '../shared/search-legs.js';
import { longestTerms, questionWeights, type SparseVector } from '../shared/term-weights.js';
import { questionTerms } from '../shared/terms.js';
import { stopped } from '../until-aborted.js';
import { textIn, textsIn, vectorIn, type Row } from './columns.js';
import { readerTerms } from '../shared/reader-terms.js';
import { all, filterWhere, containsAny, oneOf } from './conditions.js';
import { factsOf, statisticsOf } from './facts.js';
import { lengthOf, placeOf, type MilvusLocation, type Place } from './location.js';
import { joined } from './pieces.js';
import { documentIn, vectorOf } from './rows.js';
import type { TableSearch } from './table.js';

/** Most terms of one question, because each is counted separately. Of more, the longest are used. */
const mostTerms = 64;
/** Entities that one request reads by key. */
const batchKeys = 500;

/**
 * Answers a query like the embedded store: the same terms and the same fusion. The filter and the readers are part of each query to the
 * server.
 */
export async function searchMilvus(location: MilvusLocation, asked: VectorQuery): Promise<readonly Passage[]> {
  if (asked.signal?.aborted === true) throw stopped(asked.signal);
  // A filter with too many conditions is refused before anything is read.
  const filter = filterWhere(asked.filter);
  const place = await placeOf(location);
  const { languages, lists } = await factsOf(place, asked);
  const readers = asked.readers === undefined ? undefined : new Set([...readerTerms(asked.readers), ...lists]);
  const legs = new Legs({ place, asked, languages, readers, filter });
  const hits = await searchLegs(legs, asked);
  const payloads = await legs.payloadsOf(hits.map(({ slot }) => slot));
  return scoredPassages(hits, asked.mode, (slot) => {
    const payload = payloads.get(slot);
    return payload === undefined ? undefined : toPassage(PassagePayload.parse(JSON.parse(payload)), location.name);
  });
}

interface Asked {
  readonly place: Place;
  readonly asked: VectorQuery;
  readonly languages: readonly string[];
  /** The reader may read a passage that has one of these values. Undefined: no restriction. */
  readonly readers: ReadonlySet<string> | undefined;
  readonly filter: string;
}

class Legs implements ServerLegs {
  private readonly numbers = new RecordNumbers();
  private readonly asked: Asked;
  private readonly where: string;
  /**
   * The first request waits for all earlier writes, and so does the one that reads the texts. The others may be answered from the state
   * that the first one saw.
   */
  private isRepeated = false;

  constructor(asked: Asked) {
    this.asked = asked;
    const { readers, filter } = asked;
    this.where = all([...(readers === undefined ? [] : [containsAny('readers', readers)]), filter]);
  }

  async nearest(vector: Float32Array, limit: number): Promise<readonly ScoredSlot[]> {
    const question = vectorOf(vector, lengthOf(this.asked.place.dimensions));
    return this.scored('vector', question, limit);
  }

  async lexical(limit: number): Promise<readonly ScoredSlot[]> {
    const { place, asked, languages } = this.asked;
    const terms = longestTerms(questionTerms(asked.text ?? '', languages), mostTerms);
    if (terms.length === 0) return [];
    const statistics = await statisticsOf(
      place,
      terms.map(([term]) => term),
      asked.signal,
    );
    return this.scored('terms', questionWeights(terms, statistics), limit);
  }

  async vectorsOf(slots: readonly number[]): Promise<ReadonlyMap<number, Float32Array>> {
    const found = await this.read(slots, 'vector');
    const { dimensions } = this.asked.place;
    return new Map([...found].map(([slot, row]) => [slot, vectorIn(row, 'vector').slice(0, dimensions)]));
  }

  documentsOf(slots: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.numbers.documentsOf(slots);
  }

  async payloadsOf(slots: readonly number[]): Promise<ReadonlyMap<number, string>> {
    // Another replica may be behind, so the returned texts are checked against the current readers.
    const found = await this.read(slots, 'payload', { isRepeated: false });
    return new Map([...found].map(([slot, row]) => [slot, joined(textsIn(row, 'payload'))]));
  }

  /** Reads a field of the passages found. Passages that the reader may no longer read are left out. */
  private async read(
    slots: readonly number[],
    field: string,
    how: { readonly isRepeated?: boolean } = {},
  ): Promise<ReadonlyMap<number, Row>> {
    const found = new Map<number, Row>();
    for (const keys of this.numbers.idsOf(slots, batchKeys)) {
      const where = all([oneOf('pk', keys), this.where]);
      const rows = await this.asked.place.passages.query(where, ['pk', 'readers', field], {
        ...this.context(),
        ...how,
      });
      // The query already has this condition. The second check makes sure that no text leaks if the server ever drops it.
      for (const row of rows) if (this.mayShow(row)) found.set(this.numbers.slotOf(textIn(row, 'pk')), row);
    }
    return found;
  }

  private mayShow(row: Row): boolean {
    const { readers } = this.asked;
    return readers === undefined || textsIn(row, 'readers').some((name) => readers.has(name));
  }

  /** Best first; equal scores in the order of the documents. */
  private async scored(
    field: 'vector' | 'terms',
    question: Float32Array | SparseVector,
    limit: number,
  ): Promise<readonly ScoredSlot[]> {
    const asked = { field, question, where: this.where, limit, ...this.context() };
    const found = await this.asked.place.passages.search(asked);
    // The server adds in single precision, so the last digits mean nothing.
    return found
      .map(({ pk, score }) => ({ pk, score: Number(score.toPrecision(6)) }))
      .filter(({ score }) => field === 'vector' || score > 0)
      .sort((a, b) => b.score - a.score || (a.pk < b.pk ? -1 : 1))
      .map(({ pk, score }) => ({ slot: this.numbers.numberOf(pk, documentIn(pk)), score }));
  }

  private context(): Pick<TableSearch, 'collection' | 'signal' | 'isRepeated'> {
    const { isRepeated } = this;
    this.isRepeated = true;
    return { collection: this.asked.place.location.name, signal: this.asked.asked.signal, isRepeated };
  }
}
