/** A set of row numbers, with one bit for each row. */
export type Bitset = Uint32Array<ArrayBuffer>;

/** An empty set with room for the rows below `rows`. */
export const emptyBitset = (rows: number): Bitset => new Uint32Array((rows + 31) >>> 5);

export function addRow(set: Bitset, row: number): void {
  set[row >>> 5] = (set[row >>> 5] ?? 0) | (1 << (row & 31));
}

export const hasRow = (set: Bitset, row: number): boolean => ((set[row >>> 5] ?? 0) & (1 << (row & 31))) !== 0;

/** Rows that are in both sets. */
export const intersect = (a: Bitset, b: Bitset): Bitset => a.map((word, index) => word & (b[index] ?? 0));

/** Rows that are in one set or in both. */
export const unite = (a: Bitset, b: Bitset): Bitset => a.map((word, index) => word | (b[index] ?? 0));

/** Rows of the first set that are not in the second. */
export const subtract = (a: Bitset, b: Bitset): Bitset => a.map((word, index) => word & ~(b[index] ?? 0));

export function countRows(set: Bitset): number {
  let count = 0;
  for (const word of set) {
    let bits = word - ((word >>> 1) & 0x55555555);
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
    count += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}

/** Visits each row of the set in ascending order. */
export function forEachRow(set: Bitset, visit: (row: number) => void): void {
  for (let index = 0; index < set.length; index += 1) {
    for (let word = set[index] ?? 0; word !== 0; word &= word - 1) visit(index * 32 + 31 - Math.clz32(word & -word));
  }
}
