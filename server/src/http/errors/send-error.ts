import type { HeddleError } from '@heddle/core';
import type { FastifyReply } from 'fastify';
import { isOfOpenAi, openAiError } from './openai-error.js';
import { hasProblemDetails, problemDetails } from './problem-details.js';
import { errorBody, retryAfterOf } from './error-reply.js';

/** An error in the format of its address: problem details or OpenAI's format under `/v1`, `{ error }` elsewhere. */
export function errorContent(url: string, error: HeddleError): { readonly type: string; readonly body: string } {
  const isProblem = hasProblemDetails(url);
  const content = isProblem ? problemDetails(error) : isOfOpenAi(url) ? openAiError(error) : errorBody(error);
  return {
    type: `application/${isProblem ? 'problem+json' : 'json'}; charset=utf-8`,
    body: JSON.stringify(content),
  };
}

/** Answers with an error in the format of its address. */
export function sendError(url: string, reply: FastifyReply, error: HeddleError): FastifyReply {
  const wait = retryAfterOf(error);
  if (wait !== undefined) void reply.header('retry-after', String(wait));
  const { type, body } = errorContent(url, error);
  return reply.status(error.status).header('content-type', type).send(body);
}
