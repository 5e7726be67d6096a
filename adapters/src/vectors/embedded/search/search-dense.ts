import { chunkRows, histogramLength } from '../../kernel/kernel.js';
import { countRows, forEachRow, type Bitset } from '../bitset.js';
import type { ScoredSlot } from './fuse.js';
import { quantiseQuery } from '../quantise.js';
import type { VectorIndex } from '../vector-index.js';

/** Reads the exact float vector of a slot. */
export type ReadExact = (slot: number) => Float32Array | undefined;

/** Rows that are rescored, at least. */
const leastRescored = 16;

/** Standard deviations of the int8 error within which a row could still belong to the best. */
const errorMargin = 1.73;

/**
 * The `k` rows nearest to a normalised query, exactly scored, best first. Sign bits choose candidates, int8 ranks them, and
 * exact floats decide among all that the int8 error leaves open. `allowed` limits the search to a set of rows.
 */
export function searchDense(
  index: VectorIndex,
  query: Float32Array,
  k: number,
  readExact: ReadExact,
  allowed?: Bitset,
): ScoredSlot[] {
  if (index.size === 0) return [];
  index.settle();
  const mask = allowed ?? (index.size < index.rows ? index.live() : undefined);
  const size = mask === undefined ? index.rows : countRows(mask);
  if (size === 0) return [];
  const wanted = candidatesFor(size, k, index.dimensions, allowed !== undefined);
  const list = index.end;
  index.kernel.reserve(list + size * 8 + 64);
  const count = size <= 2 * wanted ? listAll(index, mask, list) : listNearest(index, query, wanted, mask, list);
  return rescore(index, query, k, list, count, readExact);
}

/**
 * Candidates that the sign bits choose. Among 100,000 vectors of real sentences, mixed, 1,000 gave a recall of 0.9925 against exact floats,
 * 1,500 0.9955 and 2,000 0.9965, each thousand more at a tenth of a millisecond. Short vectors have few bits, which tell rows apart less well: they get more. So do
 * filtered searches: a filter can take away the query's own neighbourhood, and what is left is nearly equally far.
 */
function candidatesFor(size: number, k: number, dimensions: number, isFiltered: boolean): number {
  const base = isFiltered ? Math.max(4000, size * 0.02) : Math.max(2000, size * 0.01);
  return Math.ceil(Math.max(base, 8 * k) * Math.max(1, 256 / dimensions));
}

function listAll(index: VectorIndex, mask: Bitset | undefined, list: number): number {
  const out = new Int32Array(index.kernel.buffer(), list);
  let count = 0;
  if (mask !== undefined) forEachRow(mask, (row) => (out[count++] = row));
  else for (; count < index.rows; count += 1) out[count] = count;
  return count;
}

function listNearest(
  index: VectorIndex,
  query: Float32Array,
  wanted: number,
  mask: Bitset | undefined,
  list: number,
): number {
  const { kernel, scratch, words } = index;
  index.writeQueryBits(query);
  const half = histogramLength(words);
  const histogram = new Uint32Array(kernel.buffer(), scratch.histogram, half * 2).fill(0);
  const rowsAt = (distance: number): number => (histogram[distance] ?? 0) + (histogram[half + distance] ?? 0);
  const maskRoom = new Uint32Array(kernel.buffer(), scratch.mask, chunkRows / 32);
  const eachChunk = (visit: (chunk: number, address: number, rows: number) => void): void => {
    for (let chunk = 0; chunk < index.chunks; chunk += 1)
      visit(chunk, index.chunkAt(chunk), Math.min(chunkRows, index.rows - chunk * chunkRows));
  };
  eachChunk((chunk, address, rows) => {
    if (mask !== undefined) maskRoom.set(mask.subarray((chunk * chunkRows) >>> 5, ((chunk + 1) * chunkRows) >>> 5));
    kernel.hamming(
      address + index.bitsAt,
      scratch.queryBits,
      words,
      rows,
      address + index.distancesAt,
      scratch.histogram,
      mask === undefined ? 0 : scratch.mask,
    );
  });
  let limit = 0;
  for (let seen = rowsAt(0); seen < wanted && limit < words * 64;) seen += rowsAt(++limit);
  let count = 0;
  eachChunk((chunk, address, rows) => {
    count += kernel.collect(address + index.distancesAt, rows, limit, chunk * chunkRows, list + count * 4);
  });
  return count;
}

function rescore(
  index: VectorIndex,
  query: Float32Array,
  k: number,
  list: number,
  count: number,
  readExact: ReadExact,
): ScoredSlot[] {
  const { kernel, scratch, layout } = index;
  // No bit operations: they would turn addresses above 2 GiB negative.
  const out = Math.ceil((list + count * 4) / 16) * 16;
  kernel.reserve(out + count * 4);
  // A query of zeros has no direction: nothing is near it.
  const factor = quantiseQuery(query, new Int16Array(kernel.buffer(), scratch.queryRow, layout.rowBytes));
  if (factor === 0) return [];
  kernel.dots(list, count, scratch.queryRow, layout, out);
  const rows = new Int32Array(kernel.buffer(), list, count);
  const scores = new Float32Array(kernel.buffer(), out, count);
  const best = largest(scores, Math.max(leastRescored, k));
  const floor = best.at(-1) ?? -Infinity;
  const sure = best[k - 1] ?? -Infinity;
  const scaleOf = index.scales();
  const hits: ScoredSlot[] = [];
  for (let at = 0; at < count; at += 1) {
    const row = rows[at] ?? 0;
    const score = scores[at] ?? 0;
    if (score < floor && score < sure - (errorMargin * scaleOf(row)) / factor) continue;
    const slot = index.slots[row] ?? 0;
    const exact = readExact(slot);
    if (exact !== undefined) hits.push({ slot, score: dot(query, exact) });
  }
  return hits.sort((a, b) => b.score - a.score || a.slot - b.slot).slice(0, k);
}

/** The n largest values, falling; fewer if there are fewer. A heap with its smallest value on top takes larger ones. */
export function largest(values: Float32Array, n: number): Float32Array {
  const heap = values.slice(0, n).sort();
  for (let at = n; at < values.length; at += 1) {
    const value = values[at] ?? 0;
    if (value <= (heap[0] ?? 0)) continue;
    let position = 0;
    for (let child = 1; child < n; child = position * 2 + 1) {
      if (child + 1 < n && (heap[child + 1] ?? 0) < (heap[child] ?? 0)) child += 1;
      if ((heap[child] ?? 0) >= value) break;
      heap[position] = heap[child] ?? 0;
      position = child;
    }
    heap[position] = value;
  }
  return heap.sort().reverse();
}

/** Dot product in double precision. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
