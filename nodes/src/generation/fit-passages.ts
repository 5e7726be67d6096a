import { HeddleError, type LanguageModel, type Message, type Passage } from '@heddle/core';

/** A prompt that fits, and how many passages are in it. */
export interface FittedPrompt {
  readonly messages: readonly Message[];
  readonly passages: readonly Passage[];
  readonly inputTokens: number;
}

/**
 * Leaves out the last passages until prompt and answer fit the model's context; the first ones are the best.
 * Errors: `context_too_long` where not even the first passage fits, or nothing can be left out.
 */
export async function fitPassages(
  model: LanguageModel,
  passages: readonly Passage[],
  maxTokens: number,
  build: (passages: readonly Passage[]) => readonly Message[],
): Promise<FittedPrompt> {
  const budget = model.info.contextTokens - Math.min(maxTokens, Math.floor(model.info.contextTokens / 2));
  const attempt = async (count: number): Promise<FittedPrompt> => {
    const kept = passages.slice(0, count);
    const messages = build(kept);
    return { messages, passages: kept, inputTokens: await model.countTokens(messages) };
  };
  const whole = await attempt(passages.length);
  if (whole.inputTokens <= budget) return whole;
  // Halving finds the most passages that fit with few counts.
  let [fits, fails] = [0, passages.length];
  let best: FittedPrompt | undefined;
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    const tried = await attempt(middle);
    if (tried.inputTokens <= budget) [fits, best] = [middle, tried];
    else fails = middle;
  }
  if (best !== undefined) return best;
  throw new HeddleError(
    'context_too_long',
    `The prompt has ${whole.inputTokens} tokens; '${model.info.id}' reads ${model.info.contextTokens}, ${model.info.contextTokens - budget} of them kept for the answer. Shorten the prompt, retrieve shorter passages, or choose a model with a longer context.`,
    { details: { model: model.info.id, inputTokens: whole.inputTokens, contextTokens: model.info.contextTokens } },
  );
}
