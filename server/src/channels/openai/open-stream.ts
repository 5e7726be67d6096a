import { withoutUndefined } from '@heddle/core';
import type { FastifyReply } from 'fastify';
import { securityHeaders } from '../../http/security-headers.js';
import { openAiError } from '../../http/errors/openai-error.js';
import { factsOf } from '../../http/request-facts.js';

/** How the stream of a route differs from that of completions. */
export interface StreamForm {
  /** The name of an event, where the format has names. Such a stream ends without `[DONE]`. */
  readonly nameOf: (data: object) => string;
  /** The last event after an error of the work. */
  readonly failure: (error: unknown) => Promise<object>;
}

/** A stream of events to a client of OpenAI's. */
export interface OpenAiStream {
  /** Sends an event, and waits where the client reads slowly. */
  readonly send: (data: object) => Promise<void>;
}

/** Answers with server-sent events; an error of the work is the last event, without `[DONE]`. */
export async function openStream(
  reply: FastifyReply,
  signal: AbortSignal,
  work: (stream: OpenAiStream) => Promise<void>,
  onError: (error: unknown) => void,
  form?: StreamForm,
): Promise<void> {
  const { 'heddle-thread': thread } = reply.getHeaders();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...securityHeaders,
    ...factsOf(reply.request),
    ...withoutUndefined({ 'heddle-thread': thread }),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
  });
  const send = async (data: object): Promise<void> => {
    const name = form === undefined ? '' : `event: ${form.nameOf(data)}\n`;
    if (raw.write(`${name}data: ${JSON.stringify(data)}\n\n`) || signal.aborted) return;
    await new Promise<void>((resolve) => {
      raw.once('drain', resolve);
      raw.once('close', resolve);
    });
  };
  try {
    await work({ send });
    if (form === undefined) raw.write('data: [DONE]\n\n');
  } catch (error) {
    onError(error);
    await send(form === undefined ? openAiError(error) : await form.failure(error));
  } finally {
    raw.end();
  }
}
