import { HeddleError, toHeddleError, type LanguageModel, type NodeContext, type Passage } from '@heddle/core';
import { z } from 'zod';
import { readJson } from '../generation/read-json.js';
import { callModel } from '../tools/call-model.js';
import { listPassages } from './list-passages.js';

/** How many passages the model compares in one call, and by how many the window moves; both as in RankGPT (Sun et al., 2023). */
const windowSize = 20;
const stride = 10;

/**
 * Orders passages by a language model, best first: listwise, in windows that move from the last passages to the first. Each window is a
 * step. A reply that cannot be read leaves its window unchanged. Errors: those of the model.
 */
export async function orderByModel(
  model: LanguageModel,
  query: string,
  passages: readonly Passage[],
  context: NodeContext,
): Promise<readonly Passage[]> {
  let ordered = [...passages];
  for (let end = ordered.length, number = 1; ; end -= stride, number += 1) {
    const start = Math.max(0, end - windowSize);
    const window = await orderWindow(`window-${number}`, model, query, ordered.slice(start, end), context);
    ordered = [...ordered.slice(0, start), ...window, ...ordered.slice(end)];
    if (start === 0) return ordered;
  }
}

async function orderWindow(
  key: string,
  model: LanguageModel,
  query: string,
  passages: readonly Passage[],
  context: NodeContext,
): Promise<readonly Passage[]> {
  if (passages.length < 2) return passages;
  const request = {
    messages: [{ role: 'user' as const, content: promptFor(query, passages, model.info.contextTokens) }],
    maxTokens: 40 + 6 * passages.length,
    temperature: 0,
    schema: model.info.supports.schema ? schemaFor(passages.length) : undefined,
  };
  const { text } = await callModel(key, model, request, context);
  const numbers = readOrder(text);
  if (numbers instanceof HeddleError) {
    context.log.warn('The order of the model could not be read: these passages keep their order', {
      reason: numbers.message.slice(0, 300),
    });
    return passages;
  }
  const named = new Set(numbers.map((number) => passages[number - 1]).filter((passage) => passage !== undefined));
  return [...named, ...passages.filter((passage) => !named.has(passage))];
}

function promptFor(query: string, passages: readonly Passage[], contextTokens: number): string {
  return `Passages:\n${listPassages(passages, contextTokens)}\n\nQuestion: ${query}\n\nOrder the passages by how well they answer the question, the best first. Answer as JSON: {"order": [2, 1]}`;
}

const schemaFor = (count: number) => ({
  type: 'object',
  properties: {
    order: { type: 'array', minItems: 1, maxItems: count, items: { type: 'integer', minimum: 1, maximum: count } },
  },
  required: ['order'],
  additionalProperties: false,
});

const Reply = z.object({ order: z.array(z.int()).min(1) });

/** The numbers in a reply, or the problem if it has none. Numbers without a passage do no harm. */
function readOrder(text: string): readonly number[] | HeddleError {
  try {
    return Reply.parse(readJson(text, { type: 'object' }, false)).order;
  } catch (error) {
    return toHeddleError(error);
  }
}
