import type { FastifyReply } from 'fastify';
import { openAiError } from '../../http/errors/openai-error.js';
import { openEventStream } from '../event-stream.js';

/** How the stream of a route differs from that of completions. */
interface StreamForm {
  /** The name of an event. A stream with named events ends without `[DONE]`. */
  readonly nameOf: (data: object) => string;
  /** The last event after the work has failed. */
  readonly failure: (error: unknown) => Promise<object>;
}

/** An event stream to an OpenAI client. */
export interface OpenAiStream {
  /** Sends an event; waits while the client reads slowly. */
  readonly send: (data: object) => Promise<void>;
}

/** Replies with server-sent events. If the work fails, its error is the last event, without `[DONE]`. */
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
