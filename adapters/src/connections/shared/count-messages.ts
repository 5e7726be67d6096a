import type { GenerateRequest, Message } from '@heddle/core';
import { estimateTokens } from './estimate-tokens.js';

/** Upper estimates, for most providers, of the tokens that a template adds to each message, and of those of an image. */
const perMessage = 6;
const perImage = 1600;
const bytesPerFileToken = 3;

/** Estimates the tokens of a conversation with `estimateTokens`; nothing is sent anywhere. */
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

/** Expected tokens of an answer if the request sets no limit. */
const defaultAnswer = 1024;

/** The tokens that a request is expected to use at most: its prompt, its tools, and the answer that it allows. */
export function expectTokens(request: GenerateRequest): number {
  const tools = request.tools === undefined ? 0 : estimateTokens(JSON.stringify(request.tools));
  const schema = request.schema === undefined ? 0 : estimateTokens(JSON.stringify(request.schema));
  return countMessages(request.messages) + tools + schema + (request.maxTokens ?? defaultAnswer);
}
