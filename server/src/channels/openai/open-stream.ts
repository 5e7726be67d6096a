import type { FastifyReply } from 'fastify';
import { openAiError } from '../../http/errors/openai-error.js';
import { openEventStream } from '../event-stream.js';

/** How the stream of a route differs from that of completions. */
interface StreamForm {
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
  const stream = openEventStream(reply, signal, { 'heddle-thread': reply.getHeaders()['heddle-thread'] });
  const send = (data: object): Promise<void> => {
    const name = form === undefined ? '' : `event: ${form.nameOf(data)}\n`;
    return stream.send(`${name}data: ${JSON.stringify(data)}\n\n`);
  };
  try {
    await work({ send });
    if (form === undefined) await stream.send('data: [DONE]\n\n');
  } catch (error) {
    onError(error);
    await send(form === undefined ? openAiError(error) : await form.failure(error));
  } finally {
    stream.end();
  }
}
