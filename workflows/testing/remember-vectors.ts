import type { Embedder } from '@heddle/core';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Makes an embedder that computes the vector of each passage only once in a run of all tests, although several spec files import the same
 * documents. The vectors are cached in `folder`, which belongs to the test run; without it, nothing is cached.
 */
export function rememberVectors(embedder: Embedder, folder: string | undefined): Embedder {
  if (folder === undefined) return embedder;
  const fileOf = (text: string): string =>
    path.join(folder, createHash('sha256').update(`${embedder.id}\n${text}`).digest('hex'));
  return {
    id: embedder.id,
    dimensions: embedder.dimensions,
    maxTokens: embedder.maxTokens,
    destination: embedder.destination,
    async embed(texts, options) {
      if (options.kind !== 'passage') return embedder.embed(texts, options);
      const known = await Promise.all(texts.map((text) => readVector(fileOf(text))));
      const missing = texts.filter((_, index) => known[index] === undefined);
      const fresh = missing.length === 0 ? [] : await embedder.embed(missing, options);
      await mkdir(folder, { recursive: true });
      await Promise.all(missing.map((text, index) => keep(fileOf(text), fresh[index])));
      const next = fresh.values();
      return known.map((vector) => vector ?? next.next().value ?? new Float32Array());
    },
  };
}

async function readVector(file: string): Promise<Float32Array | undefined> {
  try {
    const { buffer, byteOffset, byteLength } = await readFile(file);
    return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  } catch {
    return undefined; // no spec has needed this vector yet
  }
}

/** Another worker may write the same file at the same time. */
async function keep(file: string, vector: Float32Array | undefined): Promise<void> {
  if (vector === undefined) return;
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  await rename(draft, file);
}
