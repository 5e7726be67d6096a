/** Scales a vector to length 1 in double precision; a zero vector stays zero. */
export function normalise(vector: Float32Array): Float32Array<ArrayBuffer> {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const factor = sum > 0 ? 1 / Math.sqrt(sum) : 0;
  const scaled = new Float32Array(vector.length);
  for (let index = 0; index < vector.length; index += 1) scaled[index] = (vector[index] ?? 0) * factor;
  return scaled;
}

/** The stored form of a normalised vector: a float32 scale, then one int8 a dimension. */
export function quantiseRow(vector: Float32Array): Buffer {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  const bytes = Buffer.alloc(4 + vector.length);
  bytes.writeFloatLE(largest / 127, 0);
  const factor = largest > 0 ? 127 / largest : 0;
  for (let index = 0; index < vector.length; index += 1)
    bytes.writeInt8(Math.round((vector[index] ?? 0) * factor), 4 + index);
  return bytes;
}

/**
 * Quantises a query to int16 into `out`. Returns the factor that turns a score of the kernel back into a cosine. The largest value is
 * limited so that a quarter of the dimensions cannot overflow an int32 lane.
 */
export function quantiseQuery(vector: Float32Array, out: Int16Array): number {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  out.fill(0);
  if (largest === 0) return 0;
  const most = Math.min(32767, Math.floor(2 ** 31 / (127 * Math.ceil(out.length / 4))) - 1);
  for (let index = 0; index < vector.length; index += 1)
    out[index] = Math.round(((vector[index] ?? 0) / largest) * most);
  return largest / most;
}
