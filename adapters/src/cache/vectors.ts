/** Copies the bytes, because a blob need not begin at a multiple of four bytes. */
export function vectorOf(blob: Buffer): Float32Array {
  return new Float32Array(new Uint8Array(blob).buffer);
}

/** The cosine similarity of two vectors; -1 for vectors of different lengths. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return -1;
  let dot = 0;
  let first = 0;
  let second = 0;
  for (let index = 0; index < a.length; index += 1) {
    const x = a[index] ?? 0;
    const y = b[index] ?? 0;
    dot += x * y;
    first += x * x;
    second += y * y;
  }
  return first === 0 || second === 0 ? -1 : dot / Math.sqrt(first * second);
}
