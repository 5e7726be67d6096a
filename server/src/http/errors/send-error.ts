import type { HeddleError } from '@heddle/core';
import type { FastifyReply } from 'fastify';
import { openAiError } from './openai-error.js';
import { hasProblemDetails, problemDetails } from './problem-details.js';
import { errorBody, retryAfterOf } from './error-reply.js';

/** Answers with an error in the format of its address: `{ error }`, problem details under `/v1`, or OpenAI's format. */
export function sendError(url: string, reply: FastifyReply, error: HeddleError): FastifyReply {
  const wait = retryAfterOf(error);
  if (wait !== undefined) void reply.header('retry-after', String(wait));
  const isProblem = hasProblemDetails(url);
  return reply
    .status(error.status)
    .header('content-type', isProblem ? 'application/problem+json; charset=utf-8' : 'application/json; charset=utf-8')
    .send(
      JSON.stringify(isProblem ? problemDetails(error) : isOfOpenAi.test(url) ? openAiError(error) : errorBody(error)),
    );
}

const isOfOpenAi = /^\/v1\/(?:chat|models|embeddings)(?:[/?]|$)/;
