import { chunkRows, chunkShift, histogramLength, type Kernel, type RowLayout } from '../kernel/kernel.js';
import { addRow, emptyBitset, type Bitset } from './bitset.js';

/** Memory before the chunks: two histograms, query bits, query int16, means, mask of one chunk. */
interface Scratch {
  readonly histogram: number;
  readonly queryBits: number;
  readonly queryRow: number;
  readonly means: number;
  readonly mask: number;
}

/** Views of the kernel's whole memory, made again when it grows. */
interface Views {
  readonly buffer: ArrayBuffer;
  readonly bytes: Buffer;
  readonly values: Int8Array;
  readonly floats: Float32Array;
  readonly words: Uint32Array;
}

/** Stored rows, one after another, and the slot of each in ascending order. */
export interface RowPage {
  readonly slots: ArrayLike<number>;
  readonly bytes: Buffer;
}

/** Most rows from which the mean is computed, evenly spread. */
const rowsForMean = 10_000;

/** The limit of a kernel's memory: its addresses have 32 bits, and it grows in steps. */
const mostKernelBytes = 2 ** 32 - 2 ** 21;
/** Bytes that a search needs for each listed row: its number and its score. */
const listedBytes = 8;

const align = (bytes: number): number => (bytes + 15) & ~15;

/** Plans the layout of a kernel's memory for vectors of a length. */
function planMemory(dimensions: number): Pick<VectorIndex, 'words' | 'scratch' | 'layout' | 'bitsAt' | 'distancesAt'> {
  const words = Math.ceil(dimensions / 64);
  const rowBytes = align(dimensions);
  const histogram = 1024;
  const queryBits = histogram + align(histogramLength(words) * 8);
  const queryRow = queryBits + align(words * 8);
  const means = queryRow + align(rowBytes * 2);
  const mask = means + rowBytes * 4;
  const rowsAt = chunkRows * 4;
  const bitsAt = rowsAt + chunkRows * rowBytes;
  const distancesAt = bitsAt + chunkRows * words * 8;
  const base = mask + align(chunkRows / 8);
  return {
    words,
    scratch: { histogram, queryBits, queryRow, means, mask },
    layout: { base, chunkBytes: distancesAt + chunkRows * 2, rowsAt, rowBytes },
    bitsAt,
    distancesAt,
  };
}

/** The most passages of a collection with vectors of this length that fit in the memory of a kernel. */
export function mostPassages(dimensions: number, bytes = mostKernelBytes): number {
  const { base, chunkBytes } = planMemory(dimensions).layout;
  return Math.floor((bytes - base) / (chunkBytes + chunkRows * listedBytes)) * chunkRows;
}

/**
 * The rows of one collection in the kernel's memory: for each row int8 values, a scale and sign bits. Rows are packed at load, so deleted
 * rows take no memory after a restart. The next insert reuses a row that was freed in the meantime.
 */
export class VectorIndex {
  readonly kernel: Kernel;
  readonly dimensions: number;
  /** 64-bit words of a row's sign bits. */
  readonly words: number;
  readonly scratch: Scratch;
  readonly layout: RowLayout;
  readonly bitsAt: number;
  readonly distancesAt: number;
  /** The slot of each row; 0 if the row is free. */
  slots = new Int32Array(chunkRows);
  /** Rows in use, and free rows below the highest one in use. */
  rows = 0;
  /** Rows in use. */
  size = 0;
  /** Increases with every change; caches of row sets use it as part of their key. */
  version = 0;
  /** The row of each slot plus 1; 0 if there is none. */
  #rowOfSlot = new Int32Array(chunkRows);
  readonly #free: number[] = [];
  #sizeAtMean = 0;
  #live: { readonly version: number; readonly rows: Bitset } | undefined;
  #views: Views | undefined;

  constructor(kernel: Kernel, dimensions: number) {
    this.kernel = kernel;
    this.dimensions = dimensions;
    ({
      words: this.words,
      scratch: this.scratch,
      layout: this.layout,
      bitsAt: this.bitsAt,
      distancesAt: this.distancesAt,
    } = planMemory(dimensions));
    kernel.reserve(this.layout.base);
  }

  /** Chunks in use. */
  get chunks(): number {
    return (this.rows + chunkRows - 1) >>> chunkShift;
  }

  /** Address of a chunk. */
  chunkAt(chunk: number): number {
    return this.layout.base + chunk * this.layout.chunkBytes;
  }

  /** Address after the last chunk; lists of candidates begin there. */
  get end(): number {
    return this.chunkAt(this.chunks);
  }

  /** The row of a slot, or -1. */
  rowOf(slot: number): number {
    return (this.#rowOfSlot[slot] ?? 0) - 1;
  }

  /** Reads the quantisation steps of rows. Valid until the kernel's memory grows. */
  scales(): (row: number) => number {
    const { floats } = this.#readViews();
    return (row) => floats[this.#scaleAt(row)] ?? 0;
  }

  /** Adds a row in its stored form: a float32 scale and int8 values. */
  add(slot: number, stored: Buffer): void {
    const row = this.#place(slot, stored);
    this.#writeBits(row, 1);
  }

  /**
   * Adds all rows of a collection to an empty index. The memory for all is reserved at once: growing it with each page takes twice the
   * time.
   */
  load(pages: Iterable<RowPage>, expected: number): void {
    this.kernel.reserve(this.chunkAt(Math.ceil(expected / chunkRows)));
    for (const page of pages) this.#placePage(page);
    this.#takeMean();
  }

  /** Frees a row: the mask excludes it until another row replaces it. */
  remove(slot: number): void {
    const row = this.rowOf(slot);
    if (row < 0) return;
    this.#rowOfSlot[slot] = 0;
    this.slots[row] = 0;
    this.#free.push(row);
    this.size -= 1;
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

  /** Computes the mean again, and all sign bits from it, once the number of rows has doubled since the last time. */
  settle(): void {
    if (this.size > 0 && this.size >= 2 * this.#sizeAtMean) this.#takeMean();
  }

  /** Writes the query's sign bits to where the kernel reads them. */
  writeQueryBits(vector: Float32Array): void {
    const { words, floats } = this.#readViews();
    const means = this.scratch.means >>> 2;
    const bits = words.subarray(this.scratch.queryBits >>> 2, (this.scratch.queryBits >>> 2) + this.words * 2).fill(0);
    for (let index = 0; index < this.dimensions; index += 1) {
      if ((vector[index] ?? 0) > (floats[means + index] ?? 0))
        bits[index >>> 5] = (bits[index >>> 5] ?? 0) | (1 << (index & 31));
    }
  }

  #readViews(): Views {
    const buffer = this.kernel.buffer();
    if (this.#views?.buffer === buffer) return this.#views;
    const words = buffer.byteLength >>> 2;
    this.#views = {
      buffer,
      bytes: Buffer.from(buffer),
      values: new Int8Array(buffer),
      floats: new Float32Array(buffer, 0, words),
      words: new Uint32Array(buffer, 0, words),
    };
    return this.#views;
  }

  #scaleAt(row: number): number {
    return (this.chunkAt(row >>> chunkShift) >>> 2) + (row & (chunkRows - 1));
  }

  #valuesAt(row: number): number {
    return this.chunkAt(row >>> chunkShift) + this.layout.rowsAt + (row & (chunkRows - 1)) * this.layout.rowBytes;
  }

  #place(slot: number, stored: Buffer): number {
    const row = this.#free.pop() ?? this.rows++;
    this.slots = withRoom(this.slots, row);
    this.#rowOfSlot = withRoom(this.#rowOfSlot, slot);
    this.slots[row] = slot;
    this.#rowOfSlot[slot] = row + 1;
    this.kernel.reserve(this.end);
    const { bytes, floats } = this.#readViews();
    floats[this.#scaleAt(row)] = stored.readFloatLE(0);
    stored.copy(bytes, this.#valuesAt(row), 4);
    this.size += 1;
    this.version += 1;
    return row;
  }

  /** Appends a page of rows. Bounds, memory and views are checked once for the page. */
  #placePage({ slots, bytes: stored }: RowPage): void {
    const first = this.rows;
    this.rows += slots.length;
    this.slots = withRoom(this.slots, this.rows);
    this.#rowOfSlot = withRoom(this.#rowOfSlot, slots[slots.length - 1] ?? 0);
    this.kernel.reserve(this.end);
    const { bytes, floats } = this.#readViews();
    const scales = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
    const rowLength = 4 + this.dimensions;
    for (let index = 0, at = 0; index < slots.length; index += 1, at += rowLength) {
      const row = first + index;
      const slot = slots[index] ?? 0;
      this.slots[row] = slot;
      this.#rowOfSlot[slot] = row + 1;
      floats[this.#scaleAt(row)] = scales.getFloat32(at, true);
      stored.copy(bytes, this.#valuesAt(row), at + 4, at + rowLength);
    }
    this.size += slots.length;
    this.version += 1;
  }

  /** Derives the sign bits of consecutive rows in one chunk. */
  #writeBits(first: number, count: number): void {
    const within = first & (chunkRows - 1);
    const bits = this.chunkAt(first >>> chunkShift) + this.bitsAt + within * this.words * 8;
    this.kernel.signs(
      this.#scaleAt(first) * 4,
      this.#valuesAt(first),
      this.layout.rowBytes,
      count,
      this.scratch.means,
      this.words,
      bits,
    );
  }

  #takeMean(): void {
    const sums = new Float64Array(this.dimensions);
    const { values, floats } = this.#readViews();
    let seen = 0;
    for (let row = 0, step = Math.ceil(this.rows / rowsForMean); row < this.rows; row += step) {
      if (this.slots[row] === 0) continue;
      seen += 1;
      const scale = floats[this.#scaleAt(row)] ?? 0;
      const from = this.#valuesAt(row);
      for (let index = 0; index < sums.length; index += 1)
        sums[index] = (sums[index] ?? 0) + scale * (values[from + index] ?? 0);
    }
    sums.forEach((sum, index) => (floats[(this.scratch.means >>> 2) + index] = seen === 0 ? 0 : sum / seen));
    this.#sizeAtMean = this.size;
    for (let chunk = 0; chunk < this.chunks; chunk += 1)
      this.#writeBits(chunk << chunkShift, Math.min(chunkRows, this.rows - (chunk << chunkShift)));
  }
}

/** The array itself, or a copy of twice the length if the index is beyond its end. */
function withRoom(array: Int32Array<ArrayBuffer>, index: number): Int32Array<ArrayBuffer> {
  if (index < array.length) return array;
  const larger = new Int32Array(Math.max(array.length * 2, index + 1));
  larger.set(array);
  return larger;
}
