/** Where the rows of an index stand in the kernel's memory. Chunks follow each other from `base`, all of one size. */
export interface RowLayout {
  /** Address of the first chunk. */
  readonly base: number;
  /** Bytes of a chunk: scales, int8 rows, sign bits, distances. */
  readonly chunkBytes: number;
  /** Offset of the int8 rows in a chunk; scales (float32) stand at 0. */
  readonly rowsAt: number;
  /** Bytes from one int8 row to the next: a multiple of 16, padded with zeros. */
  readonly rowBytes: number;
}

/** Rows of a chunk, as a power of two: a row's chunk is `row >> chunkShift`. */
export const chunkShift = 12;

/** Rows of a chunk. */
export const chunkRows = 1 << chunkShift;

/** Counts of a histogram of distances, with room that keeps what follows aligned. */
export const histogramLength = (words: number): number => words * 64 + 4;

/** The distance that a row gets when the mask leaves it out. */
export const masked = 0xffff;

/**
 * The inner loops of vector search over one block of memory. Addresses are byte offsets; all are aligned to 8.
 * WebAssembly and plain JavaScript give the same integers, and floats that are equal bit by bit.
 */
export interface Kernel {
  /** The memory as it is now; a new object after `reserve` grew it. */
  buffer(): ArrayBuffer;
  /** Makes the memory at least this long, keeping what is in it. */
  reserve(bytes: number): void;
  /**
   * Hamming distance of the query's sign bits to `rows` rows of `words` 64-bit words each. Writes a uint16 a row, counts them
   * in two uint32 histograms of `histogramLength` that follow each other: their sum counts, which row is in which does not.
   * `mask` (0: none) is the address of a bitmap, bit 0 for the first row.
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
  /** Writes `first + row` (int32) of each row within `limit`. Returns how many. */
  collect(distances: number, rows: number, limit: number, first: number, out: number): number;
  /** Writes scale times the int8 x int16 dot product (float32) of each listed row (int32). */
  dots(list: number, count: number, query: number, layout: RowLayout, out: number): void;
  /**
   * Writes the sign bits of `rows` rows: one where scale times value (float32) is above the mean of its dimension. `means`
   * holds a float32 for each byte of a row; the padding's are zero, as its values are, and give no bits.
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
