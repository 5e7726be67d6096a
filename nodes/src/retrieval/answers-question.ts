import { HeddleError, toHeddleError, type LanguageModel, type NodeContext, type Passage } from '@heddle/core';
import { z } from 'zod';
import { readJson } from '../generation/read-json.js';
import { callModel } from '../tools/call-model.js';
import { listPassages } from './list-passages.js';

const schema = {
  type: 'object',
  properties: { answered: { type: 'boolean' } },
  required: ['answered'],
  additionalProperties: false,
};

/**
 * Asks a language model whether passages contain the answer to a question. A reply that cannot be read counts as yes, with a warning.
 * Errors: those of the model.
 */
export async function answersQuestion(
  model: LanguageModel,
  question: string,
  passages: readonly Passage[],
  context: NodeContext,
): Promise<boolean> {
  const listed = listPassages(passages, model.info.contextTokens);
  const content = `Passages:\n${listed}\n\nQuestion: ${question}\n\nDo the passages say the answer to this very question? Passages on the same topic without the answer do not count. Answer as JSON: {"answered": true} or {"answered": false}`;
  const request = {
    messages: [{ role: 'user' as const, content }],
    maxTokens: 24,
    temperature: 0,
    schema: model.info.supports.schema ? schema : undefined,
  };
  const { text } = await callModel('answer-check', model, request, context);
  const answered = readAnswered(text);
  if (!(answered instanceof HeddleError)) return answered;
  context.log.warn('The answer check could not be read: the passages are kept', {
    reason: answered.message.slice(0, 300),
  });
  return true;
}

function readAnswered(text: string): boolean | HeddleError {
  try {
    return z.object({ answered: z.boolean() }).parse(readJson(text, schema, false)).answered;
  } catch (error) {
    return toHeddleError(error);
  }
}
