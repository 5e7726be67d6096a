import { chunkRows, chunkShift, masked, type Kernel, type RowLayout } from './kernel.js';

/** Creates the kernel in plain JavaScript, the fallback where WebAssembly SIMD is missing. */
export function createPlainKernel(): Kernel {
  let memory = new ArrayBuffer(1 << 16);
  return {
    buffer: () => memory,
    reserve(bytes) {
      if (bytes <= memory.byteLength) return;
      const larger = new ArrayBuffer(Math.max(bytes, Math.min(memory.byteLength * 2, memory.byteLength + (64 << 20))));
      new Uint8Array(larger).set(new Uint8Array(memory));
      memory = larger;
    },
    hamming(bits, query, words, rows, distances, histogram, mask) {
      const width = words * 2;
      const all = new Uint32Array(memory, bits, rows * width);
      const asked = new Uint32Array(memory, query, width);
      const out = new Uint16Array(memory, distances, rows);
      const counts = new Uint32Array(memory, histogram, words * 64 + 1);
      const allowed = mask === 0 ? undefined : new Uint32Array(memory, mask, chunkRows >>> 5);
      for (let row = 0, at = 0; row < rows; row += 1, at += width) {
        if (allowed !== undefined && ((allowed[row >>> 5] ?? 0) & (1 << (row & 31))) === 0) {
          out[row] = masked;
          continue;
        }
        let distance = 0;
        for (let word = 0; word < width; word += 1) distance += popcount((all[at + word] ?? 0) ^ (asked[word] ?? 0));
        out[row] = distance;
        counts[distance] = (counts[distance] ?? 0) + 1;
      }
    },
    collect(distances, rows, limit, first, out) {
      const from = new Uint16Array(memory, distances, rows);
      const to = new Int32Array(memory, out);
      let count = 0;
      for (let row = 0; row < rows; row += 1) if ((from[row] ?? masked) <= limit) to[count++] = first + row;
      return count;
    },
    dots(list, count, query, layout, out) {
      const rows = new Int32Array(memory, list, count);
      const scores = new Float32Array(memory, out, count);
      const asked = new Int16Array(memory, query, layout.rowBytes);
      const bytes = new Int8Array(memory);
      const floats = new Float32Array(memory);
      for (let index = 0; index < count; index += 1)
        scores[index] = score(rows[index] ?? 0, asked, bytes, floats, layout);
    },
    signs(scales, values, rowBytes, rows, means, words, bits) {
      const scale = new Float32Array(memory, scales, rows);
      const bytes = new Int8Array(memory, values, rows * rowBytes);
      const mean = new Float32Array(memory, means, rowBytes);
      const out = new Uint32Array(memory, bits, rows * words * 2);
      for (let row = 0; row < rows; row += 1) {
        const vector = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
        for (let word = 0; word < words * 2; word += 1)
          out[row * words * 2 + word] = signsOf(vector, scale[row] ?? 0, mean, word * 32);
      }
    },
  };
}

/** The signs of 32 dimensions from the first one, one bit each: set if the value is above the mean. */
function signsOf(vector: Int8Array, scale: number, mean: Float32Array, first: number): number {
  let set = 0;
  const end = Math.min(32, vector.length - first);
  for (let bit = 0; bit < end; bit += 1)
    if (Math.fround((vector[first + bit] ?? 0) * scale) > (mean[first + bit] ?? 0)) set |= 1 << bit;
  return set;
}

function score(row: number, asked: Int16Array, bytes: Int8Array, floats: Float32Array, layout: RowLayout): number {
  const chunk = layout.base + (row >>> chunkShift) * layout.chunkBytes;
  const within = row & (chunkRows - 1);
  let at = chunk + layout.rowsAt + within * layout.rowBytes;
  let sum = 0;
  for (let dimension = 0; dimension < asked.length; dimension += 1) sum += (asked[dimension] ?? 0) * (bytes[at++] ?? 0);
  return Math.fround(Math.fround(sum) * (floats[(chunk >>> 2) + within] ?? 0));
}

function popcount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
