/** The layout of an index's rows in the kernel's memory. Chunks of equal size follow each other from `base`. */
export interface RowLayout {
  /** Address of the first chunk. */
  readonly base: number;
  /** Bytes of a chunk: scales, int8 rows, sign bits, distances. */
  readonly chunkBytes: number;
  /** Offset of the int8 rows in a chunk; the scales (float32) are at 0. */
  readonly rowsAt: number;
  /** Bytes from one int8 row to the next: a multiple of 16, padded with zeros. */
  readonly rowBytes: number;
}

/** Rows in a chunk, as a power of two: a row's chunk is `row >> chunkShift`. */
export const chunkShift = 12;

/** Rows in a chunk. */
export const chunkRows = 1 << chunkShift;

/** The number of counts in a histogram of distances, padded so that what follows stays aligned. */
export const histogramLength = (words: number): number => words * 64 + 4;

/** The distance of a row that the mask excludes. */
export const masked = 0xffff;

/**
 * The inner loops of vector search over one block of memory. Addresses are byte offsets, aligned to 8. WebAssembly and plain JavaScript
 * return the same integers, and floats that are equal bit by bit.
 */
export interface Kernel {
  /** The current memory; a new object after `reserve` has grown it. */
  buffer(): ArrayBuffer;
  /** Makes the memory at least this long and keeps its contents. */
  reserve(bytes: number): void;
  /**
   * Computes the Hamming distance of the query's sign bits to `rows` rows of `words` 64-bit words each. Writes one uint16 for each row, and
   * counts the distances in two consecutive uint32 histograms of `histogramLength`: only their sum matters, not which row is counted in
   * which. `mask` (0: none) is the address of a bitmap, bit 0 for the first row.
   */
  hamming(
    bits: number,
    query: number,
    words: number,
    rows: number,
    distances: number,
    histogram: number,
    mask: number,
  ): void;
  /** Writes `first + row` (int32) for each row whose distance is within `limit`. Returns how many. */
  collect(distances: number, rows: number, limit: number, first: number, out: number): number;
  /** Writes, for each listed row (int32), the scale times the int8 x int16 dot product (float32). */
  dots(list: number, count: number, query: number, layout: RowLayout, out: number): void;
  /**
   * Writes the sign bits of `rows` rows: a bit is one if scale times value (float32) is above the mean of its dimension. `means` holds a
   * float32 for each byte of a row; the padding has zero means and zero values, and so gives no bits.
   */
  signs(
    scales: number,
    values: number,
    rowBytes: number,
    rows: number,
    means: number,
    words: number,
    bits: number,
  ): void;
}
