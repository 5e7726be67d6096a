import type { GenerateRequest, Message } from '@heddle/core';
import { estimateTokens } from './estimate-tokens.js';

/** What a template adds around a message, and an image costs, at most providers. */
const perMessage = 6;
const perImage = 1600;
const bytesPerFileToken = 3;

/** Tokens of a conversation as `estimateTokens` counts; nothing is sent anywhere for it. */
export function countMessages(messages: readonly Message[]): number {
  let count = 0;
  for (const message of messages) {
    count += perMessage;
    if (typeof message.content === 'string') count += estimateTokens(message.content);
    else
      for (const part of message.content) {
        if (part.type === 'text') count += estimateTokens(part.text);
        else if (part.type === 'image') count += perImage;
        else count += Math.ceil(part.file.size / bytesPerFileToken);
      }
    for (const call of message.toolCalls ?? [])
      count += estimateTokens(call.name) + estimateTokens(JSON.stringify(call.arguments ?? {})) + perMessage;
  }
  return count;
}

/** The tokens of an answer whose request names no limit. */
const defaultAnswer = 1024;

/** Tokens that a request is expected to take at most: its prompt, its tools, and the answer it allows. */
export function expectTokens(request: GenerateRequest): number {
  const tools = request.tools === undefined ? 0 : estimateTokens(JSON.stringify(request.tools));
  const schema = request.schema === undefined ? 0 : estimateTokens(JSON.stringify(request.schema));
  return countMessages(request.messages) + tools + schema + (request.maxTokens ?? defaultAnswer);
}
