import { HeddleError, type LanguageModel, type Message, type Passage } from '@heddle/core';

interface FittedPrompt {
  readonly messages: readonly Message[];
  readonly passages: readonly Passage[];
}

interface CountedPrompt extends FittedPrompt {
  readonly inputTokens: number;
}

/** The most tokens that a chat template adds to a conversation and to each message: names, marks, a system prompt of its own. */
const templateTokens = 512;
const messageTokens = 32;

/**
 * Leaves out passages from the end, since the first ones are the best, until prompt and answer fit into the context of the model.
 * Errors: `context_too_long` if not even the first passage fits, or if there are no passages.
 */
export async function fitPassages(
  model: LanguageModel,
  passages: readonly Passage[],
  maxTokens: number,
  build: (passages: readonly Passage[]) => readonly Message[],
): Promise<FittedPrompt> {
  const budget = model.info.contextTokens - Math.min(maxTokens, Math.floor(model.info.contextTokens / 2));
  const attempt = async (count: number): Promise<CountedPrompt> => {
    const kept = passages.slice(0, count);
    const messages = build(kept);
    // Counting calls the model host, which delays the first token, so a prompt that certainly fits is not counted.
    const most = mostTokens(messages);
    return {
      messages,
      passages: kept,
      inputTokens: most <= budget ? most : await model.countTokens(messages),
    };
  };
  const whole = await attempt(passages.length);
  if (whole.inputTokens <= budget) return whole;
  // Binary search needs few counts to find how many passages fit.
  let fits = 0;
  let fails = passages.length;
  let best: CountedPrompt | undefined;
  while (fails - fits > 1) {
    const middle = Math.floor((fits + fails) / 2);
    const tried = await attempt(middle);
    if (tried.inputTokens <= budget) [fits, best] = [middle, tried];
    else fails = middle;
  }
  if (best !== undefined) return best;
  throw new HeddleError(
    'context_too_long',
    `The prompt has ${whole.inputTokens} tokens; the context of '${model.info.id}' has ${model.info.contextTokens}, and ${model.info.contextTokens - budget} of them are reserved for the answer. Shorten the prompt, retrieve shorter passages, or choose a model with a longer context.`,
    { details: { model: model.info.id, inputTokens: whole.inputTokens, contextTokens: model.info.contextTokens } },
  );
}

const encoder = new TextEncoder();

/** An upper bound for the tokens of messages: a tokenizer makes at most one token of a byte. Only text has such a bound. */
function mostTokens(messages: readonly Message[]): number {
  let most = templateTokens;
  for (const { content, toolCalls } of messages) {
    if (typeof content !== 'string' || toolCalls !== undefined) return Infinity;
    most += messageTokens + encoder.encode(content).length;
  }
  return most;
}
