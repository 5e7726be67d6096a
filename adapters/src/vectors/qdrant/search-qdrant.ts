import type { Schemas } from '@qdrant/js-client-rest';
import type { Passage, VectorQuery } from '@heddle/core';
import { countsText } from '../embedded/search/choose-terms.js';
import { defaultWeight } from '../embedded/search/fuse.js';
import { normalise } from '../embedded/quantise.js';
import { dot } from '../embedded/search/search-dense.js';
import { PassagePayload, toPassage } from '../shared/payloads.js';
import { lexicalModel, vectorNames } from './points.js';
import { wellFormed } from '../well-formed.js';
import type { CollectionLocation } from './collection-location.js';
import { toQdrantFilter } from './qdrant-filter.js';

/** Candidates that each leg passes to the fusion. */
const legSize = 100;
const rankConstant = 60;

type Leg = Required<Pick<Schemas['QueryRequest'], 'query' | 'using'>>;

/** Searches on the server. One leg is a plain query; two legs are prefetches that the server joins by reciprocal ranks. */
export async function searchQdrant(
  { connection, name, remote }: CollectionLocation,
  query: VectorQuery,
): Promise<readonly Passage[]> {
  const filter = toQdrantFilter(query.filter, query.readers);
  const weight = query.mode === 'hybrid' ? (query.weight ?? defaultWeight) : query.mode === 'dense' ? 1 : 0;
  const legs = legsOf(query, weight);
  const [first, second] = legs;
  if (first === undefined) return [];
  const limit = query.k;
  const wanted =
    second === undefined
      ? { ...first, filter, limit }
      : { ...fused(legs, filter, weight, Math.max(legSize, limit)), limit };
  const { points } = await connection.call(
    (client) =>
      client.query(remote, {
        ...wanted,
        with_payload: true,
        with_vector: second === undefined ? false : [vectorNames.dense],
      }),
    { collection: name, signal: query.signal },
  );
  return points
    .map((point) => ({ point, payload: PassagePayload.parse(point.payload) }))
    .toSorted((one, other) => other.point.score - one.point.score || orderOf(one.payload, other.payload))
    .map(({ point, payload }) => ({
      ...toPassage(payload, name),
      score: point.score,
      scores:
        second === undefined
          ? legScore(first, query.mode, point.score)
          : { fused: point.score, ...denseScore(query.vector, point.vector) },
    }));
}

/** The server does not define the order of equal scores; here they are sorted as in the documents. */
function orderOf(one: PassagePayload, other: PassagePayload): number {
  if (one.document === other.document) return one.position - other.position;
  return one.document < other.document ? -1 : 1;
}

function legsOf({ vector, text, mode }: VectorQuery, weight: number): readonly Leg[] {
  const dense: Leg[] =
    vector === undefined || mode === 'lexical' || weight === 0
      ? []
      : [{ query: [...vector], using: vectorNames.dense }];
  const hasWords =
    text !== undefined && mode !== 'dense' && countsText(text).size > 0 && (weight < 1 || vector === undefined);
  return hasWords
    ? [...dense, { query: { text: wellFormed(text), model: lexicalModel }, using: vectorNames.lexical }]
    : dense;
}

function fused(
  legs: readonly Leg[],
  filter: Schemas['Filter'],
  weight: number,
  limit: number,
): Pick<Schemas['QueryRequest'], 'prefetch' | 'query'> {
  return {
    prefetch: legs.map((leg) => ({ ...leg, filter, limit })),
    query: { rrf: { k: rankConstant, weights: [weight, 1 - weight] } },
  };
}

function legScore(leg: Leg, mode: VectorQuery['mode'], score: number): NonNullable<Passage['scores']> {
  return {
    [leg.using === vectorNames.dense ? 'dense' : 'lexical']: score,
    ...(mode === 'hybrid' ? { fused: score } : {}),
  };
}

/** The cosine of a hybrid result: the server returns only the fused score, and a threshold applies to the cosine. */
function denseScore(asked: Float32Array | undefined, found: unknown): { readonly dense?: number } {
  const dense: unknown =
    typeof found === 'object' && found !== null && vectorNames.dense in found ? found[vectorNames.dense] : undefined;
  if (asked === undefined || !Array.isArray(dense)) return {};
  return { dense: dot(normalise(asked), normalise(Float32Array.from(dense, Number))) };
}
