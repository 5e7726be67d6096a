// The inner loops of vector search, in AssemblyScript. `node build.mjs` compiles this file into kernel-bytes.ts.
// What each function promises stands in kernel.ts; plain-kernel.ts is the same in JavaScript.

const MASKED: u16 = 0xffff;

export function hamming(bits: usize, query: usize, words: i32, rows: i32, distances: usize, histogram: usize, mask: usize): void {
  if (mask == 0 && words == 6) {
    hamming6(bits, query, rows, distances, histogram);
    return;
  }
  const width = <usize>words << 3;
  for (let row = 0; row < rows; row++, bits += width) {
    const out = distances + (<usize>row << 1);
    if (mask != 0 && ((load<u32>(mask + ((<usize>row >> 5) << 2)) >> (<u32>row & 31)) & 1) == 0) {
      store<u16>(out, MASKED);
      continue;
    }
    let distance: i64 = 0;
    for (let at: usize = 0; at < width; at += 8) distance += popcnt<i64>(load<i64>(bits + at) ^ load<i64>(query + at));
    count(out, <u32>distance, histogram);
  }
}

// 384 dimensions, the commonest size: the query stays in registers.
function hamming6(bits: usize, query: usize, rows: i32, distances: usize, histogram: usize): void {
  const a = load<i64>(query), b = load<i64>(query, 8), c = load<i64>(query, 16), d = load<i64>(query, 24), e = load<i64>(query, 32), f = load<i64>(query, 40);
  for (let row = 0; row < rows; row++, bits += 48) {
    const distance =
      popcnt<i64>(load<i64>(bits) ^ a) + popcnt<i64>(load<i64>(bits, 8) ^ b) + popcnt<i64>(load<i64>(bits, 16) ^ c) +
      popcnt<i64>(load<i64>(bits, 24) ^ d) + popcnt<i64>(load<i64>(bits, 32) ^ e) + popcnt<i64>(load<i64>(bits, 40) ^ f);
    count(distances + (<usize>row << 1), <u32>distance, histogram);
  }
}

// @ts-ignore: decorator
@inline
function count(out: usize, distance: u32, histogram: usize): void {
  store<u16>(out, <u16>distance);
  const at = histogram + (<usize>distance << 2);
  store<u32>(at, load<u32>(at) + 1);
}

export function collect(distances: usize, rows: i32, limit: u32, first: i32, out: usize): i32 {
  const start = out;
  for (let row = 0; row < rows; row++) {
    store<i32>(out, first + row);
    // Advances only past rows within the limit; others are written over.
    out += <usize>(<u32>load<u16>(distances + (<usize>row << 1)) <= limit) << 2;
  }
  return <i32>((out - start) >> 2);
}

export function dots(list: usize, length: i32, query: usize, base: usize, chunkBytes: i32, rowsAt: i32, rowBytes: i32, out: usize): void {
  for (let index = 0; index < length; index++) {
    const row = load<i32>(list + (<usize>index << 2));
    const chunk = base + <usize>(row >>> 12) * <usize>chunkBytes;
    const within = <usize>(row & 4095);
    let at = chunk + <usize>rowsAt + within * <usize>rowBytes;
    const end = at + <usize>rowBytes;
    let asked = query;
    let even = i32x4.splat(0);
    let odd = i32x4.splat(0);
    for (; at < end; at += 16, asked += 32) {
      even = i32x4.add(even, i32x4.dot_i16x8_s(v128.load_ext<i8>(at), v128.load(asked)));
      odd = i32x4.add(odd, i32x4.dot_i16x8_s(v128.load_ext<i8>(at, 8), v128.load(asked, 16)));
    }
    const sum =
      <f64>i32x4.extract_lane(even, 0) + <f64>i32x4.extract_lane(even, 1) + <f64>i32x4.extract_lane(even, 2) + <f64>i32x4.extract_lane(even, 3) +
      <f64>i32x4.extract_lane(odd, 0) + <f64>i32x4.extract_lane(odd, 1) + <f64>i32x4.extract_lane(odd, 2) + <f64>i32x4.extract_lane(odd, 3);
    store<f32>(out + (<usize>index << 2), <f32>sum * load<f32>(chunk + (within << 2)));
  }
}

export function signs(scales: usize, values: usize, rowBytes: i32, rows: i32, means: usize, words: i32, bits: usize): void {
  for (let row = 0; row < rows; row++) {
    const scale = f32x4.splat(load<f32>(scales + (<usize>row << 2)));
    const from = values + <usize>row * <usize>rowBytes;
    const to = bits + ((<usize>row * <usize>words) << 3);
    // Each step of 16 dimensions writes 16 bits; what is left of the row's last word stays zero.
    let at = 0;
    for (; at < rowBytes; at += 16) {
      const low = v128.load_ext<i8>(from + <usize>at);
      const high = v128.load_ext<i8>(from + <usize>at, 8);
      const mean = means + (<usize>at << 2);
      const set =
        above(i32x4.extend_low_i16x8_s(low), scale, mean) |
        (above(i32x4.extend_high_i16x8_s(low), scale, mean + 16) << 4) |
        (above(i32x4.extend_low_i16x8_s(high), scale, mean + 32) << 8) |
        (above(i32x4.extend_high_i16x8_s(high), scale, mean + 48) << 12);
      store<u16>(to + (<usize>at >> 3), <u16>set);
    }
    for (; at < words << 6; at += 16) store<u16>(to + (<usize>at >> 3), 0);
  }
}

// @ts-ignore: decorator
@inline
function above(values: v128, scale: v128, mean: usize): i32 {
  return i32x4.bitmask(f32x4.gt(f32x4.mul(f32x4.convert_i32x4_s(values), scale), v128.load(mean)));
}
