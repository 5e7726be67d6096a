import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { seededNumbers } from '@heddle/core/testing';
import { chunkRows, histogramLength, masked, type Kernel, type RowLayout } from './kernel.js';
import { createKernel } from './create-kernel.js';
import { createPlainKernel } from './plain-kernel.js';
import { createWasmKernel } from './wasm-kernel.js';

const rows = 1000;

/** Runs all functions of a kernel on the same random memory and returns what they wrote. */
function results(kernel: Kernel, dimensions: number, isMasked: boolean) {
  const words = Math.ceil(dimensions / 64);
  const rowBytes = (dimensions + 15) & ~15;
  const histogram = 1024;
  const query = 90_000;
  const queryRow = 24_000;
  const mask = 40_000;
  const distances = 48_000;
  const list = 52_000;
  const out = 60_000;
  const means = 64_000;
  const bits = 1 << 17;
  const layout: RowLayout = { base: 1 << 20, rowsAt: chunkRows * 4, rowBytes, chunkBytes: chunkRows * (4 + rowBytes) };
  kernel.reserve(layout.base + 3 * layout.chunkBytes);
  const next = seededNumbers(dimensions);
  const bytes = new Uint8Array(kernel.buffer());
  for (let at = query; at < query + words * 8; at += 1) bytes[at] = next() * 128;
  for (let at = bits; at < bits + rows * words * 8; at += 1) bytes[at] = next() * 128;
  for (let at = mask; at < mask + chunkRows / 8; at += 1) bytes[at] = next() * 128;
  // One random block, repeated with a step that no row length divides: random numbers for every byte would take most of the test's time.
  const block = Uint8Array.from({ length: 10_007 }, () => next() * 127);
  for (
    let at = layout.base + layout.rowsAt;
    at < layout.base + 2 * layout.chunkBytes - block.length;
    at += block.length
  )
    bytes.set(block, at);
  new Int16Array(kernel.buffer(), queryRow, rowBytes).forEach((_, index, row) => (row[index] = next() * 32767));
  const listed = Int32Array.from({ length: 500 }, (_, index) => index * 13);
  for (const row of listed) {
    new Float32Array(
      kernel.buffer(),
      layout.base + Math.floor(row / chunkRows) * layout.chunkBytes + (row % chunkRows) * 4,
      1,
    )[0] = next();
  }
  kernel.hamming(bits, query, words, rows, distances, histogram, isMasked ? mask : 0);
  const collected = kernel.collect(distances, rows, words * 32, 5000, list);
  const within = new Int32Array(kernel.buffer(), list, collected).slice();
  const half = histogramLength(words);
  const counts = new Uint32Array(kernel.buffer(), histogram, half * 2);
  new Int32Array(kernel.buffer(), list, listed.length).set(listed);
  kernel.dots(list, listed.length, queryRow, layout, out);
  const scores = new Float32Array(kernel.buffer(), out, listed.length).slice();
  new Float32Array(kernel.buffer(), means, rowBytes).forEach((_, index, row) => (row[index] = next() * 20));
  kernel.signs(layout.base, layout.base + layout.rowsAt, rowBytes, rows, means, words, bits);
  return {
    signs: new Uint32Array(kernel.buffer(), bits, rows * words * 2).slice(),
    distances: new Uint16Array(kernel.buffer(), distances, rows).slice(),
    histogram: Array.from({ length: half }, (_, distance) => (counts[distance] ?? 0) + (counts[half + distance] ?? 0)),
    within,
    scores,
  };
}

describe('kernel', () => {
  const shapes = [8, 40, 384, 768, 1000].flatMap((dimensions) => [
    [dimensions, false] as const,
    [dimensions, true] as const,
  ]);

  it.each(shapes)(
    'computes the same in WebAssembly and in JavaScript: %i dimensions, masked: %s',
    (dimensions, isMasked) => {
      const wasm = createWasmKernel();
      if (wasm === undefined) throw new Error('This machine has no WebAssembly SIMD: the comparison cannot be made');

      const fast = results(wasm, dimensions, isMasked);
      const plain = results(createPlainKernel(), dimensions, isMasked);

      expect(fast).toEqual(plain);
      expect(plain.within.length).toBeGreaterThan(100);
      expect(plain.distances.some((distance) => distance === masked)).toBe(isMasked);
      expect(plain.signs.some((word) => word !== 0)).toBe(true);
      expect(new Set(plain.scores).size).toBeGreaterThan(400);
    },
  );

  it('counts differing bits and multiplies by the scale', () => {
    const kernel = createPlainKernel();
    new Uint32Array(kernel.buffer(), 2048, 4).set([0b1011, 0, 0, 0xffffffff]);
    new Uint32Array(kernel.buffer(), 2064, 2).set([0b0001, 0]);
    kernel.hamming(2048, 2064, 1, 2, 4096, 1024, 0);
    expect([...new Uint16Array(kernel.buffer(), 4096, 2)]).toEqual([2, 33]);

    kernel.reserve(1 << 18);
    const layout: RowLayout = { base: 8192, rowsAt: chunkRows * 4, rowBytes: 16, chunkBytes: chunkRows * 20 };
    new Float32Array(kernel.buffer(), layout.base + 4, 1)[0] = 0.5;
    new Int8Array(kernel.buffer(), layout.base + layout.rowsAt + 16, 3).set([1, -2, 3]);
    new Int16Array(kernel.buffer(), 2048, 16).fill(0).set([100, 10, 1]);
    new Int32Array(kernel.buffer(), 4096, 1)[0] = 1;
    kernel.dots(4096, 1, 2048, layout, 4112);
    expect(new Float32Array(kernel.buffer(), 4112, 1)[0]).toBe(41.5);
  });

  it('keeps the content of its memory when it grows', () => {
    for (const kernel of [createKernel(), createKernel('plain')]) {
      new Uint8Array(kernel.buffer())[1000] = 42;
      kernel.reserve(5_000_000);
      expect(kernel.buffer().byteLength).toBeGreaterThanOrEqual(5_000_000);
      expect(new Uint8Array(kernel.buffer())[1000]).toBe(42);
    }
  });

  // Skipped without the compiler, which is a development tool: the committed bytes are the ones that run.
  const isCompilerHere = existsSync(new URL('../../../../node_modules/assemblyscript/package.json', import.meta.url));
  (isCompilerHere ? it : it.skip)(
    'stands in the repository as it compiles',
    () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        [fileURLToPath(new URL('./build.mjs', import.meta.url)), '--check'],
        { encoding: 'utf8' },
      );

      expect([status, stderr]).toEqual([0, '']);
    },
    60_000,
  );
});
