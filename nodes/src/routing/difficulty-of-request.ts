import { boundaryInput, difficultyOf, messageText, type NodeContext, type RoutePolicy } from '@heddle/core';
import type { RouteInputs } from './route-request.js';

/** The text that a learned boundary judges: the current question, without the earlier conversation and without passages. */
function askedText({ prompt = '', messages = [] }: RouteInputs): string {
  const last = messages.at(-1);
  return [last === undefined ? '' : messageText(last), prompt].filter((text) => text !== '').join('\n');
}

/**
 * The difficulty of a request by the learned boundary of its policy. Undefined without a boundary or a text, and if the embedding model
 * cannot be used: a missing difficulty must not fail the run.
 */
export async function difficultyOfRequest(
  { boundary, candidates }: RoutePolicy,
  inputs: RouteInputs,
  context: NodeContext,
): Promise<number | undefined> {
  const text = askedText(inputs);
  const isUsed = candidates.some(({ when }) => when.some(({ fact }) => fact === 'difficulty'));
  if (boundary === undefined || !isUsed || text === '') return undefined;
  try {
    const embedder = await context.use('embedder', boundary.embedding);
    const [vector] = await embedder.embed([text], { kind: 'query', signal: context.signal });
    return vector === undefined ? undefined : difficultyOf(boundary, boundaryInput(vector, text));
  } catch (error) {
    if (context.signal.aborted) throw error;
    context.log.warn('the difficulty of the request is not known', { error: String(error) });
    return undefined;
  }
}
