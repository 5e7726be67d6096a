import { describe, expect, it } from '@jest/globals';
import { seededNumbers } from '@heddle/core/testing';
import { createKernel } from '../kernel/create-kernel.js';
import { addRow, emptyBitset } from './bitset.js';
import { normalise, quantiseRow } from './quantise.js';
import { dot, largest, rankDense, searchDense } from './search/search-dense.js';
import { VectorIndex } from './vector-index.js';

const dimensions = 128;

/** Rows around a few centres, as texts cluster around their subjects. */
function clustered(count: number, seed: number): Float32Array[] {
  const position = seededNumbers(0);
  const centres = Array.from({ length: 40 }, () => Float32Array.from({ length: dimensions }, () => position() + 0.3));
  const next = seededNumbers(seed);
  return Array.from({ length: count }, (_, index) =>
    normalise(Float32Array.from(centres[index % centres.length] ?? [], (value) => value + 1.2 * next())),
  );
}

function fill(vectors: readonly Float32Array[], choice?: 'plain'): VectorIndex {
  const index = new VectorIndex(createKernel(choice), dimensions);
  // In pages, as they are read: the last one is shorter.
  const pages = [vectors.slice(0, 1000), vectors.slice(1000)].map((page, at) => ({
    slots: page.map((_, position) => at * 1000 + position + 1),
    bytes: Buffer.concat(page.map(quantiseRow)),
  }));
  index.load(pages, vectors.length);
  return index;
}

const exact = (
  vectors: readonly (Float32Array | undefined)[],
  query: Float32Array,
  k: number,
  isAllowed = (_slot: number): boolean => true,
): number[] =>
  vectors
    .flatMap((vector, at) =>
      vector !== undefined && isAllowed(at + 1) ? [{ slot: at + 1, score: dot(query, vector) }] : [],
    )
    .sort((a, b) => b.score - a.score)
    .slice(0, k)
    .map(({ slot }) => slot);

const share = (found: readonly number[], wanted: readonly number[]): number =>
  wanted.filter((slot) => found.includes(slot)).length / wanted.length;

describe.each([
  ['the fastest kernel', undefined],
  ['the plain kernel', 'plain' as const],
])('vector index on %s', (_name, choice) => {
  const vectors = clustered(5000, 1);
  const queries = clustered(12, 2);
  const mean = (measure: (query: Float32Array) => number): number =>
    queries.reduce((sum, query) => sum + measure(query), 0) / queries.length;
  const slotsOf = (
    index: VectorIndex,
    query: Float32Array,
    allowed?: (slot: number) => boolean,
    current: readonly (Float32Array | undefined)[] = vectors,
  ): number[] => {
    const set = allowed === undefined ? undefined : emptyBitset(index.rows);
    if (set !== undefined)
      for (let row = 0; row < index.rows; row += 1)
        if (index.slots[row] !== 0 && allowed?.(index.slots[row] ?? 0) === true) addRow(set, row);
    return searchDense(index, query, 10, (slot) => current[slot - 1], set).map(({ slot }) => slot);
  };

  it('finds the exact nearest of many rows through sign bits and int8', () => {
    const index = fill(vectors, choice);

    expect(mean((query) => share(slotsOf(index, query), exact(vectors, query, 10)))).toBeGreaterThanOrEqual(0.995);
  });

  it('finds the exact nearest among few and among many allowed rows', () => {
    const index = fill(vectors, choice);
    const few = (slot: number): boolean => slot % 100 === 7;
    const many = (slot: number): boolean => slot % 2 === 0;

    expect(mean((query) => share(slotsOf(index, query, few), exact(vectors, query, 10, few)))).toBe(1);
    expect(mean((query) => share(slotsOf(index, query, many), exact(vectors, query, 10, many)))).toBeGreaterThanOrEqual(
      0.995,
    );
  });

  it('finds added rows, forgets removed ones and reuses their space', () => {
    const index = new VectorIndex(createKernel(choice), dimensions);
    const current: (Float32Array | undefined)[] = [...vectors];
    vectors.forEach((vector, at) => index.add(at + 1, quantiseRow(vector)));
    for (let at = 0; at < current.length; at += 10) {
      index.remove(at + 1);
      current[at] = undefined;
    }
    const before = index.rows;

    expect(
      mean((query) => share(slotsOf(index, query, undefined, current), exact(current, query, 10))),
    ).toBeGreaterThanOrEqual(0.995);
    const added = clustered(500, 3);
    for (const vector of added) {
      current.push(vector);
      index.add(current.length, quantiseRow(vector));
    }
    expect(index.rows).toBe(before);
    expect(index.size).toBe(current.filter((vector) => vector !== undefined).length);
    expect(
      mean((query) => share(slotsOf(index, query, undefined, current), exact(current, query, 10))),
    ).toBeGreaterThanOrEqual(0.995);
  });

  it('ranks rows by int8 as exact scores do, except for narrow margins, and ranks others behind them', () => {
    const index = fill(vectors, choice);
    const even = emptyBitset(index.rows);
    for (let row = 0; row < index.rows; row += 1) if ((index.slots[row] ?? 0) % 2 === 0) addRow(even, row);

    for (const query of queries) {
      const nearest = exact(vectors, query, 30);
      const [far = 0] = exact(vectors, query, vectors.length).slice(-1);
      const ranked = rankDense(index, query, 30, [far, nearest[0] ?? 0]);
      const slots = ranked.map(({ slot }) => slot);
      expect(share(slots, nearest)).toBeGreaterThanOrEqual(0.9);
      expect(slots.indexOf(far)).toBe(30);
      expect(new Set(slots).size).toBe(31);
      for (const { slot, score } of ranked) expect(score).toBeCloseTo(dot(query, vectors[slot - 1] ?? query), 1);
      expect(rankDense(index, query, 30, [], even).every(({ slot }) => slot % 2 === 0)).toBe(true);
    }
    expect(rankDense(index, new Float32Array(dimensions), 30, [1])).toEqual([]);
  });

  it('rescores as many near-duplicates as the int8 error requires', () => {
    const next = seededNumbers(5);
    const centre = normalise(Float32Array.from({ length: dimensions }, next));
    const twins = Array.from({ length: 300 }, () => normalise(centre.map((value) => value + 0.0005 * next())));
    const all = [...twins, ...vectors.slice(0, 4500)];
    const index = fill(all, choice);
    let reads = 0;

    const found = searchDense(index, centre, 10, (slot) => {
      reads += 1;
      return all[slot - 1];
    }).map(({ slot }) => slot);

    expect(share(found, exact(all, centre, 10))).toBe(1);
    expect(reads).toBeGreaterThan(100);
  });

  it('finds nothing for a query without direction', () => {
    expect(slotsOf(fill(vectors.slice(0, 5), choice), new Float32Array(dimensions))).toEqual([]);
  });
});

describe('largest', () => {
  it('agrees with sorting', () => {
    const values = Float32Array.from({ length: 500 }, seededNumbers(9));
    const sorted = [...values].sort((a, b) => b - a);

    for (const n of [1, 2, 7, 16, 499, 500, 600]) expect([...largest(values, n)]).toEqual(sorted.slice(0, n));
  });
});
