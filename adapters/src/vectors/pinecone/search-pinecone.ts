import type { Passage, VectorQuery } from '@heddle/core';
import { z } from 'zod';
import type { ScoredSlot } from '../embedded/search/fuse.js';
import { RecordNumbers } from '../shared/record-numbers.js';
import { PassagePayload, toPassage } from '../shared/payloads.js';
import { scoredPassages, searchLegs, type ServerLegs } from '../shared/search-legs.js';
import { longestTerms, questionWeights } from '../shared/term-weights.js';
import { questionTerms } from '../shared/terms.js';
import { stopped } from '../until-aborted.js';
import { readerTerms } from '../shared/reader-terms.js';
import { all, searchedConditions } from './conditions.js';
import { factsOf } from './facts.js';
import { placeOf, type Place, type PineconeLocation } from './location.js';
import { mostResults, type Condition, type Found } from './namespace.js';
import { readPayloads } from './read-payloads.js';
import { documentIn, longList, nonZero } from './rows.js';

const Listed = z.object({ readers: z.array(z.string()).default([]) });

/** Most terms of one question, because each is looked up separately. Of more, the longest are used. */
const mostTerms = 64;

/**
 * Answers a query like the embedded store: the same terms and the same fusion. The filter and the readers are part of each query to the
 * service.
 */
export async function searchPinecone(location: PineconeLocation, asked: VectorQuery): Promise<readonly Passage[]> {
  if (asked.signal?.aborted === true) throw stopped(asked.signal);
  // A filter with too many conditions is refused before anything is read.
  const kept = searchedConditions(asked.filter);
  const place = await placeOf(location, asked.signal);
  const readers = asked.readers === undefined ? undefined : await readersIn(place, asked.readers);
  const legs = new Legs(location, place, asked, { kept, readers });
  const hits = await searchLegs(legs, asked);
  const payloads = await legs.payloadsOf(hits.map(({ slot }) => slot));
  return scoredPassages(hits, asked.mode, (slot) => {
    const payload = payloads.get(slot);
    return payload === undefined ? undefined : toPassage(PassagePayload.parse(payload), location.name);
  });
}

/** The values that grant the reader access to passages: the reader's names, and the long lists that contain one of them. */
async function readersIn({ terms }: Place, readers: readonly string[]): Promise<readonly string[]> {
  const names = readerTerms(readers);
  const filter = all([{ kind: { $eq: 'list' } }, { readers: { $in: names } }]);
  const lists = await terms.query({ sparseVector: { indices: [0], values: [1] }, filter, topK: mostResults });
  const found = [...new Set(lists.map(({ id }) => longList(documentIn(id))))];
  return [...names, ...found].slice(0, mostResults);
}

class Legs implements ServerLegs {
  private readonly numbers = new RecordNumbers();
  private readonly location: PineconeLocation;
  private readonly place: Place;
  private readonly asked: VectorQuery;
  private readonly filter: Condition;
  private readonly readers: ReadonlySet<unknown> | undefined;

  constructor(
    location: PineconeLocation,
    place: Place,
    asked: VectorQuery,
    { kept, readers }: { readonly kept: readonly Condition[]; readonly readers: readonly string[] | undefined },
  ) {
    this.location = location;
    this.place = place;
    this.asked = asked;
    this.filter = all([...kept, ...(readers === undefined ? [] : [{ readers: { $in: readers } }])]);
    this.readers = readers === undefined ? undefined : new Set(readers);
  }

  async nearest(vector: Float32Array, limit: number): Promise<readonly ScoredSlot[]> {
    const query = { vector: nonZero(vector), filter: this.filter, topK: limit };
    return this.scored(await this.place.vectors.query(query), limit);
  }

  async lexical(limit: number): Promise<readonly ScoredSlot[]> {
    let asked: readonly (readonly [term: string, times: number])[] = [];
    const { passages, counts } = await factsOf(this.location, this.place, (languages) => {
      asked = longestTerms(questionTerms(this.asked.text ?? '', languages), mostTerms);
      return asked.map(([term]) => term);
    });
    const countOf = (term: string): number | undefined => {
      const count = Math.min(counts.get(term) ?? 0, passages);
      return count === 0 ? undefined : count;
    };
    const sparseVector = questionWeights(asked, { passages, countOf });
    if (sparseVector.indices.length === 0) return [];
    const found = await this.place.terms.query({
      sparseVector,
      filter: this.filter,
      topK: Math.min(limit, mostResults),
    });
    return this.scored(
      found.filter(({ score }) => score > 0),
      limit,
    );
  }

  async vectorsOf(slots: readonly number[]): Promise<ReadonlyMap<number, Float32Array>> {
    const found = await this.read(slots, (ids) => this.place.vectors.fetch(ids));
    return new Map(found.map(([slot, { values }]) => [slot, Float32Array.from(values ?? [])]));
  }

  documentsOf(slots: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.numbers.documentsOf(slots);
  }

  async payloadsOf(slots: readonly number[]): Promise<ReadonlyMap<number, unknown>> {
    const found = await this.read(slots, (ids) => this.place.terms.fetch(ids));
    const payloads = await readPayloads(
      this.place.terms,
      found.map(([, one]) => one),
    );
    return new Map(
      found.flatMap(([slot, { id }]) => {
        const payload = payloads.get(id);
        return payload === undefined ? [] : [[slot, payload] as const];
      }),
    );
  }

  /** Reads the records found. Records that the reader may no longer read are left out. */
  private async read(
    slots: readonly number[],
    fetch: (ids: readonly string[]) => Promise<readonly Found[]>,
  ): Promise<readonly (readonly [slot: number, found: Found])[]> {
    const read: (readonly [number, Found])[] = [];
    for (const ids of this.numbers.idsOf(slots, 1_000))
      for (const one of await fetch(ids))
        // The query already has this condition. The second check makes sure that no text leaks if the service ever drops it.
        if (this.mayShow(one.metadata)) read.push([this.numbers.slotOf(one.id), one]);
    return read;
  }

  private mayShow(metadata: unknown): boolean {
    if (this.readers === undefined) return true;
    const { readers } = Listed.parse(metadata);
    return readers.some((name) => this.readers?.has(name));
  }

  private scored(
    found: readonly { readonly id: string; readonly score: number }[],
    limit: number,
  ): readonly ScoredSlot[] {
    // The service adds in single precision, so the last digits mean nothing.
    return found
      .map(({ id, score }) => ({ id, score: Number(score.toPrecision(6)) }))
      .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id, score }) => ({ slot: this.numbers.numberOf(id, documentIn(id)), score }));
  }
}
