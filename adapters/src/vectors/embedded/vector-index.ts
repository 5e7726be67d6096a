import { chunkRows, chunkShift, type Kernel, type RowLayout } from '../kernel/kernel.js';
import { addRow, emptyBitset, type Bitset } from './bitset.js';

/** Room before the chunks: histogram, query bits, query int16, mask of one chunk. */
interface Scratch {
  readonly histogram: number;
  readonly queryBits: number;
  readonly queryRow: number;
  readonly mask: number;
}

/**
 * The rows of one collection in the kernel's memory: int8 values, a scale and sign bits a row. Rows are packed at load, so
 * that deleted ones take no room after a restart; a row freed while running is taken again by the next insert.
 */
export class VectorIndex {
  readonly kernel: Kernel;
  readonly dimensions: number;
  readonly words: number;
  readonly scratch: Scratch;
  readonly layout: RowLayout;
  readonly bitsAt: number;
  readonly distancesAt: number;
  /** Slot of each row, 0 where the row is free. */
  slots = new Int32Array(chunkRows);
  /** Rows in use and free ones below the highest in use. */
  rows = 0;
  /** Rises with every change: caches of row sets are keyed by it. */
  version = 0;
  readonly #rowOfSlot = new Map<number, number>();
  readonly #free: number[] = [];
  #mean: Float64Array;
  #rowsAtMean = 0;
  #live: { readonly version: number; readonly rows: Bitset } | undefined;

  constructor(kernel: Kernel, dimensions: number) {
    this.kernel = kernel;
    this.dimensions = dimensions;
    const align = (bytes: number): number => (bytes + 15) & ~15;
    this.words = Math.ceil(dimensions / 64);
    const rowBytes = align(dimensions);
    const histogram = 1024;
    const queryBits = histogram + align((this.words * 64 + 1) * 4);
    const queryRow = queryBits + align(this.words * 8);
    const mask = queryRow + align(rowBytes * 2);
    this.scratch = { histogram, queryBits, queryRow, mask };
    const rowsAt = chunkRows * 4;
    this.bitsAt = rowsAt + chunkRows * rowBytes;
    this.distancesAt = this.bitsAt + chunkRows * this.words * 8;
    this.layout = { base: mask + align(chunkRows / 8), chunkBytes: this.distancesAt + chunkRows * 2, rowsAt, rowBytes };
    this.#mean = new Float64Array(dimensions);
  }

  /** Rows in use. */
  get size(): number {
    return this.#rowOfSlot.size;
  }

  /** Chunks in use. */
  get chunks(): number {
    return (this.rows + chunkRows - 1) >>> chunkShift;
  }

  /** Address of a chunk. */
  chunkAt(chunk: number): number {
    return this.layout.base + chunk * this.layout.chunkBytes;
  }

  /** Address behind the last chunk, where lists of candidates stand. */
  get end(): number {
    return this.chunkAt(this.chunks);
  }

  rowOf(slot: number): number | undefined {
    return this.#rowOfSlot.get(slot);
  }

  /** Adds a row in its stored form: a float32 scale and int8 values. */
  add(slot: number, stored: Uint8Array): void {
    const row = this.#free.pop() ?? this.rows++;
    if (row >= this.slots.length) {
      const larger = new Int32Array(this.slots.length * 2);
      larger.set(this.slots);
      this.slots = larger;
    }
    this.kernel.reserve(this.end);
    this.slots[row] = slot;
    this.#rowOfSlot.set(slot, row);
    const memory = new Uint8Array(this.kernel.buffer());
    const chunk = this.chunkAt(row >>> chunkShift);
    const within = row & (chunkRows - 1);
    memory.set(stored.subarray(0, 4), chunk + within * 4);
    memory.set(stored.subarray(4), chunk + this.layout.rowsAt + within * this.layout.rowBytes);
    this.#writeBits(row);
    this.version += 1;
  }

  /** Adds all rows of a collection. */
  load(stored: Iterable<readonly [slot: number, row: Uint8Array]>): void {
    for (const [slot, row] of stored) this.add(slot, row);
    this.settle();
  }

  /** Frees a row: the mask leaves it out until another takes its place. */
  remove(slot: number): void {
    const row = this.#rowOfSlot.get(slot);
    if (row === undefined) return;
    this.#rowOfSlot.delete(slot);
    this.slots[row] = 0;
    this.#free.push(row);
    this.version += 1;
  }

  /** The rows in use as a set. */
  live(): Bitset {
    if (this.#live?.version === this.version) return this.#live.rows;
    const rows = emptyBitset(this.rows);
    for (let row = 0; row < this.rows; row += 1) if (this.slots[row] !== 0) addRow(rows, row);
    this.#live = { version: this.version, rows };
    return rows;
  }

  /** Takes the mean again and derives all sign bits from it, once the rows have doubled since it was last taken. */
  settle(): void {
    if (this.size < 2 * this.#rowsAtMean || this.size === 0) return;
    this.#mean = this.#takeMean();
    this.#rowsAtMean = this.size;
    for (let row = 0; row < this.rows; row += 1) if (this.slots[row] !== 0) this.#writeBits(row);
  }

  /** Writes the query's sign bits where the kernel reads them. */
  writeQueryBits(vector: Float32Array): void {
    const bits = new Uint32Array(this.kernel.buffer(), this.scratch.queryBits, this.words * 2);
    bits.fill(0);
    for (let index = 0; index < this.dimensions; index += 1) {
      if ((vector[index] ?? 0) > (this.#mean[index] ?? 0)) bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
    }
  }

  #place(row: number): { readonly scale: number; readonly values: Int8Array; readonly bits: Uint32Array } {
    const buffer = this.kernel.buffer();
    const chunk = this.chunkAt(row >>> chunkShift);
    const within = row & (chunkRows - 1);
    return {
      scale: new Float32Array(buffer, chunk + within * 4, 1)[0] ?? 0,
      values: new Int8Array(buffer, chunk + this.layout.rowsAt + within * this.layout.rowBytes, this.dimensions),
      bits: new Uint32Array(buffer, chunk + this.bitsAt + within * this.words * 8, this.words * 2),
    };
  }

  #writeBits(row: number): void {
    const { scale, values, bits } = this.#place(row);
    bits.fill(0);
    for (let index = 0; index < this.dimensions; index += 1) {
      if ((values[index] ?? 0) * scale > (this.#mean[index] ?? 0)) bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
    }
  }

  #takeMean(): Float64Array {
    const mean = new Float64Array(this.dimensions);
    for (let row = 0; row < this.rows; row += 1) {
      if (this.slots[row] === 0) continue;
      const { scale, values } = this.#place(row);
      for (let index = 0; index < this.dimensions; index += 1) mean[index] = (mean[index] ?? 0) + scale * (values[index] ?? 0);
    }
    return mean.map((sum) => sum / this.size);
  }
}
