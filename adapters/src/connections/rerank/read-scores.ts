import { z } from 'zod';

export interface RerankReply {
  readonly scores: readonly (readonly [index: number, score: number])[];
  readonly inputTokens?: number | undefined;
  readonly searches?: number | undefined;
}

const Score = z.union([
  z
    .object({ index: z.int(), relevance_score: z.number() })
    .transform((one) => [one.index, one.relevance_score] as const),
  z.object({ index: z.int(), score: z.number() }).transform((one) => [one.index, one.score] as const),
]);
const Scores = z.array(Score);

/** Counts under the names that providers use. Unreadable ones are left out, because they must not fail a good reply. */
const Counts = z.object({
  usage: z
    .object({ total_tokens: z.int().nonnegative().optional(), prompt_tokens: z.int().nonnegative().optional() })
    .optional()
    .catch(undefined),
  meta: z
    .object({
      tokens: z.object({ input_tokens: z.int().nonnegative().optional() }).optional().catch(undefined),
      billed_units: z
        .object({ search_units: z.number().nonnegative().optional(), total_tokens: z.int().nonnegative().optional() })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/**
 * Reads a reply of Cohere, Jina, vLLM, LiteLLM and Infinity (`results`), of Voyage (`data`), or of text-embeddings-inference (a list).
 * Undefined if it is none of these.
 */
export function readScores(body: unknown): RerankReply | undefined {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  const list: unknown = !isObject ? body : 'results' in body ? body.results : 'data' in body ? body.data : undefined;
  const scores = Scores.safeParse(list);
  if (!scores.success) return undefined;
  const counts = Counts.safeParse(body);
  const { usage, meta } = counts.success ? counts.data : {};
  return {
    scores: scores.data,
    inputTokens:
      usage?.total_tokens ?? usage?.prompt_tokens ?? meta?.tokens?.input_tokens ?? meta?.billed_units?.total_tokens,
    searches: meta?.billed_units?.search_units,
  };
}
