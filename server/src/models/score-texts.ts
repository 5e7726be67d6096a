import { HeddleError, type ModelHub, type ScoreTextsRequest } from '@heddle/core';

interface TextScores {
  readonly scores: readonly Record<string, number>[];
  readonly dimensions?: number;
}

/** Scores texts with the model `id`. Errors: `model_wrong_kind`, `bad_request` if a query is missing. */
export async function scoreTexts(
  hub: ModelHub,
  id: string,
  { query = '', texts }: ScoreTextsRequest,
  signal: AbortSignal,
): Promise<TextScores> {
  const { kind } = hub.card(id);
  switch (kind) {
    case 'embed': {
      const embedder = await hub.embedder(id);
      const [asked] = await embedder.embed([required(query)], { kind: 'query', signal });
      const vectors = await embedder.embed(texts, { kind: 'passage', signal });
      return {
        scores: vectors.map((vector) => ({ likeness: cosine(asked, vector) })),
        dimensions: embedder.dimensions,
      };
    }
    case 'rerank': {
      const scores = await (await hub.reranker(id)).rerank(required(query), texts, { signal });
      return { scores: scores.map((score) => ({ relevance: score })) };
    }
    case 'classify':
      return {
        scores: (await (await hub.classifier(id)).classify(texts, { signal })).map((labels) => ({ ...labels })),
      };
    case 'generate':
    case 'lora':
      throw new HeddleError('model_wrong_kind', `Model '${id}' writes text: send it a prompt instead.`);
  }
}

function required(query: string): string {
  if (query.trim() !== '') return query;
  throw new HeddleError('bad_request', 'Write a query to compare the texts with.');
}

function cosine(left: Float32Array | undefined, right: Float32Array): number {
  if (left === undefined) return 0;
  const norm = Math.sqrt(product(left, left) * product(right, right));
  return norm === 0 ? 0 : product(left, right) / norm;
}

function product(left: Float32Array, right: Float32Array): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
