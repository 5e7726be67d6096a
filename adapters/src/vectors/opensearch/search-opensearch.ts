import type { Passage, VectorQuery } from '@heddle/core';
import { z } from 'zod';
import type { ScoredSlot } from '../embedded/search/fuse.js';
import { RecordNumbers } from '../shared/record-numbers.js';
import { nobody, PassagePayload, toPassage } from '../shared/payloads.js';
import { scoredPassages, searchLegs } from '../shared/search-legs.js';
import { questionTerms } from '../shared/terms.js';
import { filterClause } from './filter-clause.js';
import { longestList } from './mapping.js';
import { Hits, type OpensearchLocation } from './location.js';

type Clause = Readonly<Record<string, unknown>>;
type Hit = z.infer<typeof Hits>['hits']['hits'][number];

/** Most terms in one query; the server allows 1,024 conditions. */
const mostTerms = 900;
/** The most nearest neighbours that the server finds with its graph; for more, it compares all vectors. */
const mostNearest = 5_000;

const Facts = z.object({
  hits: z.object({ total: z.object({ value: z.number() }) }),
  aggregations: z.object({ languages: z.object({ buckets: z.array(z.object({ key: z.string() })) }) }),
});

/**
 * Answers a query like the embedded store: the same terms and the same fusion. The filter and the readers are part of each query to the
 * server.
 */
export async function searchOpensearch(location: OpensearchLocation, asked: VectorQuery): Promise<readonly Passage[]> {
  const search = new Search(location, asked);
  const hits = await searchLegs(search, asked);
  const payloads = await search.payloadsOf(hits.map(({ slot }) => slot));
  return scoredPassages(hits, asked.mode, (slot) => {
    const payload = payloads.get(slot);
    return payload === undefined ? undefined : toPassage(PassagePayload.parse(payload), location.name);
  });
}

class Search {
  private readonly numbers = new RecordNumbers();
  private readonly kept: readonly Clause[];
  private readonly facts: Promise<z.infer<typeof Facts>>;

  private readonly location: OpensearchLocation;
  private readonly asked: VectorQuery;

  constructor(location: OpensearchLocation, asked: VectorQuery) {
    this.location = location;
    this.asked = asked;
    const { filter, readers } = asked;
    this.kept = [
      { term: { kind: 'passage' } },
      ...(filter === undefined ? [] : [filterClause(filter)]),
      ...(readers === undefined ? [] : [readableBy(readers)]),
    ];
    this.facts = this.readFacts();
    this.facts.catch(() => undefined);
  }

  async nearest(vector: Float32Array, limit: number): Promise<readonly ScoredSlot[]> {
    const { hits } = await this.facts;
    const isGraph = hits.total.value >= this.location.indexFrom && limit <= mostNearest;
    const query = isGraph ? this.byGraph(vector, limit) : this.byComparison(vector);
    const found = await this.find({ size: Math.min(limit, longestList), query });
    // For a dot product p, the server returns 1 + p if p is not negative, otherwise 1 / (1 - p).
    return found.map(({ slot, score }) => ({ slot, score: score >= 1 ? score - 1 : 1 - 1 / score }));
  }

  private byGraph(vector: Float32Array, limit: number): Clause {
    const k = Math.min(mostNearest, Math.max(200, 2 * limit));
    return { knn: { vector: { vector: [...vector], k, filter: { bool: { filter: this.kept } } } } };
  }

  private byComparison(vector: Float32Array): Clause {
    const params = { field: 'vector', query_value: [...vector], space_type: 'innerproduct' };
    return {
      script_score: { query: { bool: { filter: this.kept } }, script: { source: 'knn_score', lang: 'knn', params } },
    };
  }

  async lexical(limit: number): Promise<readonly ScoredSlot[]> {
    const { aggregations } = await this.facts;
    const spoken = aggregations.languages.buckets.map(({ key }) => key);
    const terms = [...questionTerms(this.asked.text ?? '', spoken)].slice(0, mostTerms);
    if (terms.length === 0) return [];
    const should = terms.map(([value, times]) => ({ term: { terms: { value, boost: Math.sqrt(times) } } }));
    return this.find({
      size: Math.min(limit, longestList),
      query: { bool: { should, minimum_should_match: 1, filter: this.kept } },
    });
  }

  async vectorsOf(slots: readonly number[]): Promise<ReadonlyMap<number, Float32Array>> {
    const found = await this.read(slots, 'vector');
    return new Map([...found].map(([slot, hit]) => [slot, Float32Array.from(hit._source?.vector ?? [])]));
  }

  documentsOf(slots: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.numbers.documentsOf(slots);
  }

  async payloadsOf(slots: readonly number[]): Promise<ReadonlyMap<number, unknown>> {
    return new Map([...(await this.read(slots, 'payload'))].map(([slot, hit]) => [slot, hit._source?.payload]));
  }

  private async readFacts(): Promise<z.infer<typeof Facts>> {
    const aggs = { languages: { terms: { field: 'language', size: 100 } } };
    const query = { term: { kind: 'passage' } };
    return Facts.parse(await this.send({ size: 0, track_total_hits: true, query, aggs }));
  }

  private async find(body: Clause): Promise<readonly ScoredSlot[]> {
    const hits = await this.hits({ ...body, _source: false, docvalue_fields: ['document'] });
    return hits.map(({ _id, _score, fields }) => ({
      slot: this.numbers.numberOf(_id, fields?.document?.[0] ?? ''),
      score: _score ?? 0,
    }));
  }

  /** Reads one part of the records found. Records that the reader may no longer read are left out. */
  private async read(slots: readonly number[], part: 'payload' | 'vector'): Promise<ReadonlyMap<number, Hit>> {
    const found = new Map<number, Hit>();
    for (const values of this.numbers.idsOf(slots, batchIds)) {
      const query = { bool: { filter: [{ ids: { values } }, ...this.kept] } };
      for (const hit of await this.hits({ size: values.length, query, _source: [part] }))
        found.set(this.numbers.slotOf(hit._id), hit);
    }
    return found;
  }

  private async hits(body: Clause): Promise<readonly Hit[]> {
    return Hits.parse(await this.send(body)).hits.hits;
  }

  private send(body: Clause): Promise<unknown> {
    const { connection, alias, name } = this.location;
    const path = `/${encodeURIComponent(alias)}/_search`;
    return connection.send({ method: 'POST', path, body, collection: name, signal: this.asked.signal });
  }
}

/** Records that one request reads. */
const batchIds = 1_000;

const readableBy = (readers: readonly string[]): Clause => ({
  bool: {
    should: [
      { bool: { must_not: [{ exists: { field: 'readers' } }] } },
      { terms: { readers: readers.filter((name) => name !== nobody) } },
    ],
    minimum_should_match: 1,
  },
});
