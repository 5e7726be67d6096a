import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

const batch = 64;
const keyBytes = 20;

/** Makes an embedder that caches vectors in a file, so that each text of a set is embedded only once, however often the bench runs. */
export function rememberVectors(embedder, file) {
  const known = new Map();
  const recordBytes = keyBytes + embedder.dimensions * 4;
  const bytes = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  for (let at = 0; at + recordBytes <= bytes.length; at += recordBytes) {
    const start = bytes.byteOffset + at;
    known.set(
      bytes.toString('latin1', at, at + keyBytes),
      new Float32Array(bytes.buffer.slice(start + keyBytes, start + recordBytes)),
    );
  }
  const keyOf = (text, kind) => createHash('sha1').update(`${kind}\0${text}`).digest('latin1');
  const { id, dimensions, maxTokens, destination } = embedder;
  return {
    id,
    dimensions,
    maxTokens,
    destination,
    async embed(texts, { kind }) {
      const missing = [...new Set(texts)].filter((text) => !known.has(keyOf(text, kind)));
      missing.sort((a, b) => b.length - a.length);
      mkdirSync(dirname(file), { recursive: true });
      for (let start = 0; start < missing.length; start += batch) {
        const part = missing.slice(start, start + batch);
        const vectors = (await embedder.embed(part, { kind })).map((vector) => Float32Array.from(vector));
        part.forEach((text, index) => known.set(keyOf(text, kind), vectors[index]));
        appendFileSync(
          file,
          Buffer.concat(
            part.flatMap((text, index) => [
              Buffer.from(keyOf(text, kind), 'latin1'),
              Buffer.from(vectors[index].buffer),
            ]),
          ),
        );
      }
      return texts.map((text) => known.get(keyOf(text, kind)));
    },
  };
}
