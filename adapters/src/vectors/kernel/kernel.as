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

// 384 dimensions, the commonest size: the query stays in registers, and rows count in turn in two histograms, since neighbours that count in the same
// place would wait for each other.
function hamming6(bits: usize, query: usize, rows: i32, distances: usize, histogram: usize): void {
  const a = load<i64>(query), b = load<i64>(query, 8), c = load<i64>(query, 16), d = load<i64>(query, 24), e = load<i64>(query, 32), f = load<i64>(query, 40);
  const other = histogram + ((6 << 6) + 4) * 4;
  let row = 0;
  for (; row + 2 <= rows; row += 2, bits += 96, distances += 4) {
    count(distances, distance6(bits, a, b, c, d, e, f), histogram);
    count(distances + 2, distance6(bits + 48, a, b, c, d, e, f), other);
  }
  if (row < rows) count(distances, distance6(bits, a, b, c, d, e, f), histogram);
}

// @ts-ignore: decorator
@inline
function distance6(bits: usize, a: i64, b: i64, c: i64, d: i64, e: i64, f: i64): u32 {
  return <u32>(
    popcnt<i64>(load<i64>(bits) ^ a) + popcnt<i64>(load<i64>(bits, 8) ^ b) + popcnt<i64>(load<i64>(bits, 16) ^ c) +
    popcnt<i64>(load<i64>(bits, 24) ^ d) + popcnt<i64>(load<i64>(bits, 32) ^ e) + popcnt<i64>(load<i64>(bits, 40) ^ f)
  );
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
  const most = i16x8.splat(<i16>limit);
  let row = 0;
  // Few rows are within the limit: eight are asked together.
  for (; row + 8 <= rows; row += 8) {
    let found = i16x8.bitmask(i16x8.le_u(v128.load(distances + (<usize>row << 1)), most));
    while (found != 0) {
      store<i32>(out, first + row + <i32>ctz<i32>(found));
      out += 4;
      found &= found - 1;
    }
  }
  for (; row < rows; row++) {
    if (<u32>load<u16>(distances + (<usize>row << 1)) > limit) continue;
    store<i32>(out, first + row);
    out += 4;
  }
  return <i32>((out - start) >> 2);
}

export function dots(list: usize, length: i32, query: usize, base: usize, chunkBytes: i32, rowsAt: i32, rowBytes: i32, out: usize): void {
  let index = 0;
  // Four rows at once: each waits for memory, and they wait together.
  for (; index + 4 <= length; index += 4, list += 16, out += 16) {
    const a = load<i32>(list), b = load<i32>(list, 4), c = load<i32>(list, 8), d = load<i32>(list, 12);
    const chunkA = chunkOf(a, base, chunkBytes), chunkB = chunkOf(b, base, chunkBytes), chunkC = chunkOf(c, base, chunkBytes), chunkD = chunkOf(d, base, chunkBytes);
    let atA = valuesOf(a, chunkA, rowsAt, rowBytes), atB = valuesOf(b, chunkB, rowsAt, rowBytes), atC = valuesOf(c, chunkC, rowsAt, rowBytes), atD = valuesOf(d, chunkD, rowsAt, rowBytes);
    let sumA = i32x4.splat(0), sumB = i32x4.splat(0), sumC = i32x4.splat(0), sumD = i32x4.splat(0);
    const end = query + (<usize>rowBytes << 1);
    for (let asked = query; asked < end; asked += 32) {
      const low = v128.load(asked), high = v128.load(asked, 16);
      sumA = i32x4.add(sumA, i32x4.add(i32x4.dot_i16x8_s(v128.load_ext<i8>(atA), low), i32x4.dot_i16x8_s(v128.load_ext<i8>(atA, 8), high)));
      sumB = i32x4.add(sumB, i32x4.add(i32x4.dot_i16x8_s(v128.load_ext<i8>(atB), low), i32x4.dot_i16x8_s(v128.load_ext<i8>(atB, 8), high)));
      sumC = i32x4.add(sumC, i32x4.add(i32x4.dot_i16x8_s(v128.load_ext<i8>(atC), low), i32x4.dot_i16x8_s(v128.load_ext<i8>(atC, 8), high)));
      sumD = i32x4.add(sumD, i32x4.add(i32x4.dot_i16x8_s(v128.load_ext<i8>(atD), low), i32x4.dot_i16x8_s(v128.load_ext<i8>(atD, 8), high)));
      atA += 16; atB += 16; atC += 16; atD += 16;
    }
    store<f32>(out, <f32>lanes(sumA) * scaleOf(a, chunkA));
    store<f32>(out, <f32>lanes(sumB) * scaleOf(b, chunkB), 4);
    store<f32>(out, <f32>lanes(sumC) * scaleOf(c, chunkC), 8);
    store<f32>(out, <f32>lanes(sumD) * scaleOf(d, chunkD), 12);
  }
  for (; index < length; index++, list += 4, out += 4) {
    const row = load<i32>(list);
    const chunk = chunkOf(row, base, chunkBytes);
    let at = valuesOf(row, chunk, rowsAt, rowBytes);
    let sum = i32x4.splat(0);
    const end = query + (<usize>rowBytes << 1);
    for (let asked = query; asked < end; asked += 32, at += 16)
      sum = i32x4.add(sum, i32x4.add(i32x4.dot_i16x8_s(v128.load_ext<i8>(at), v128.load(asked)), i32x4.dot_i16x8_s(v128.load_ext<i8>(at, 8), v128.load(asked, 16))));
    store<f32>(out, <f32>lanes(sum) * scaleOf(row, chunk));
  }
}

// @ts-ignore: decorator
@inline
function chunkOf(row: i32, base: usize, chunkBytes: i32): usize {
  return base + <usize>(row >>> 12) * <usize>chunkBytes;
}

// @ts-ignore: decorator
@inline
function valuesOf(row: i32, chunk: usize, rowsAt: i32, rowBytes: i32): usize {
  return chunk + <usize>rowsAt + <usize>(row & 4095) * <usize>rowBytes;
}

// @ts-ignore: decorator
@inline
function scaleOf(row: i32, chunk: usize): f32 {
  return load<f32>(chunk + (<usize>(row & 4095) << 2));
}

// @ts-ignore: decorator
@inline
function lanes(sum: v128): f64 {
  return <f64>i32x4.extract_lane(sum, 0) + <f64>i32x4.extract_lane(sum, 1) + <f64>i32x4.extract_lane(sum, 2) + <f64>i32x4.extract_lane(sum, 3);
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
