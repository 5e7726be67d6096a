import type { Embedder } from '@heddle/core';

/** The most vectors in the cache, which take 30 MB at 384 dimensions. */
const mostVectors = 20_000;

/**
 * Embeds each text only once for all configurations of a lab. If documents are short, indexes with different passage sizes share their
 * vectors.
 */
export class VectorCache {
  private readonly known = new Map<string, Float32Array>();

  /** Puts this cache before an embedding model. */
  before(embedder: Embedder): Embedder {
    return {
      id: embedder.id,
      dimensions: embedder.dimensions,
      maxTokens: embedder.maxTokens,
      destination: embedder.destination,
      fileHash: embedder.fileHash,
      manifestHash: embedder.manifestHash,
      embed: async (texts, options) => {
        const keyOf = (text: string): string => `${embedder.id}\n${options.kind}\n${text}`;
        const missing = [...new Set(texts.filter((text) => !this.known.has(keyOf(text))))];
        const fresh = new Map<string, Float32Array>();
        if (missing.length > 0) {
          const vectors = await embedder.embed(missing, options);
          for (const [at, text] of missing.entries()) {
            const vector = vectors[at];
            if (vector !== undefined) fresh.set(text, vector);
          }
        }
        const found = texts.map((text) => fresh.get(text) ?? this.known.get(keyOf(text)) ?? new Float32Array());
        for (const [text, vector] of fresh) this.remember(keyOf(text), vector);
        return found;
      },
    };
  }

  private remember(key: string, vector: Float32Array): void {
    this.known.set(key, vector);
    const [oldest] = this.known.keys();
    if (this.known.size > mostVectors && oldest !== undefined) this.known.delete(oldest);
  }
}
