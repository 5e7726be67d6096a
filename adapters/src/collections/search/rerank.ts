import {
  HeddleError,
  isAtMost,
  joinLabels,
  type CollectionInfo,
  type Passage,
  type Reranker,
  type SearchReranker,
} from '@heddle/core';

interface Reranking {
  readonly setting: SearchReranker;
  readonly open: (id: string) => Promise<Reranker>;
  readonly signal: AbortSignal | undefined;
  /** Called if the passages keep their order because the reranker could not be reached. */
  readonly onUnranked: ((error: HeddleError) => void) | undefined;
}

/**
 * Whether an error is temporary, so that a search may continue without the reranker. A refusal by a label, a budget or a kill switch is
 * not.
 */
const isOutage = ({ code }: HeddleError): boolean =>
  code.startsWith('provider_') ||
  [
    'circuit_open',
    'stream_incomplete',
    'connection_not_found',
    'connection_disabled',
    'connection_key_missing',
  ].includes(code) ||
  ['model_busy', 'model_missing', 'model_load_failed', 'model_host_lost', 'model_host_failed'].includes(code);

/**
 * Orders passages by how well they answer the question. The search score is kept beside the new one. Errors: `label_refused` if a passage
 * may not be sent to the reranker, and those of the model, unless the setting says to continue without it.
 */
export async function rerank(
  question: string,
  found: readonly Passage[],
  info: CollectionInfo,
  { setting, open, signal, onUnranked }: Reranking,
): Promise<readonly Passage[]> {
  if (found.length === 0) return found;
  try {
    const reranker = await open(setting.model);
    checkLabels(found, info, reranker);
    const texts = found.map(({ text }) => text);
    const scores = await reranker.rerank(question, texts, { signal });
    if (scores.length !== found.length || !scores.every((score) => Number.isFinite(score)))
      throw new HeddleError(
        'provider_reply_invalid',
        `The reranker '${setting.model}' gave ${scores.length} scores for ${found.length} passages: choose another one in the search settings of '${info.name}'.`,
      );
    return found
      .map((passage, index) => ranked(passage, scores[index] ?? 0))
      .toSorted((one, other) => other.score - one.score);
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof HeddleError) || setting.ifUnavailable !== 'continue' || !isOutage(error)) throw error;
    onUnranked?.(error);
    return found;
  }
}

const ranked = (passage: Passage, score: number): Passage & { readonly score: number } => ({
  ...passage,
  score,
  scores: { ...passage.scores, rerank: score },
});

/** A document can have a higher label than its collection. */
function checkLabels(found: readonly Passage[], { name, label }: CollectionInfo, { destination, id }: Reranker): void {
  const refused = found.find((one) => !isAtMost(joinLabels(label, one.label ?? label).level, destination.clearance));
  if (refused === undefined) return;
  const level = joinLabels(label, refused.label ?? label).level;
  throw new HeddleError(
    'label_refused',
    `The search of '${name}' must not send '${refused.document}', which is ${level}, to the reranker '${id}', which takes up to ${destination.clearance}: choose a reranker of this machine in the search settings.`,
    { details: { destination: destination.name, level, clearance: destination.clearance } },
  );
}
