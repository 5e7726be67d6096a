import { HeddleError, type LanguageModel, type Message, type Passage } from '@heddle/core';

/** A prompt that fits, and the passages that are in it. */
export interface FittedPrompt {
  readonly messages: readonly Message[];
  readonly passages: readonly Passage[];
}

interface CountedPrompt extends FittedPrompt {
  readonly inputTokens: number;
}

/** What a chat template adds to a conversation and to each message, at most: names, marks, a system text of its own. */
const templateTokens = 512;
const messageTokens = 32;

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
  const attempt = async (count: number): Promise<CountedPrompt> => {
    const kept = passages.slice(0, count);
    const messages = build(kept);
    // Counting asks the model's host, which the first token would wait for: what is short enough whatever it says needs no count.
    const most = mostTokens(messages);
    return {
      messages,
      passages: kept,
      inputTokens: most <= budget ? most : await model.countTokens(messages),
    };
  };
  const whole = await attempt(passages.length);
  if (whole.inputTokens <= budget) return whole;
  // Halving finds the most passages that fit with few counts.
  let [fits, fails] = [0, passages.length];
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
    `The prompt has ${whole.inputTokens} tokens; '${model.info.id}' reads ${model.info.contextTokens}, ${model.info.contextTokens - budget} of them kept for the answer. Shorten the prompt, retrieve shorter passages, or choose a model with a longer context.`,
    { details: { model: model.info.id, inputTokens: whole.inputTokens, contextTokens: model.info.contextTokens } },
  );
}

const encoder = new TextEncoder();

/** As many tokens as the messages can have: no tokenizer makes two of one byte. What is not text alone has no such bound. */
function mostTokens(messages: readonly Message[]): number {
  let most = templateTokens;
  for (const { content, toolCalls } of messages) {
    if (typeof content !== 'string' || toolCalls !== undefined) return Infinity;
    most += messageTokens + encoder.encode(content).length;
  }
  return most;
}
