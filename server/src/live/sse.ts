import { HeddleError, isStoreFault, type StreamEvent } from '@heddle/core';
import type { ServerResponse } from 'node:http';
import { errorBody } from '../http/errors/error-reply.js';
import type { LiveSink } from './run-subscriber.js';

const beatMs = 15_000;

/**
 * Starts an SSE reply, and returns a sink that writes events. The `id:` of a durable event is its seq, which a client repeats in
 * `Last-Event-ID`.
 */
export function openEventStream(response: ServerResponse, headers: Readonly<Record<string, string>>): LiveSink {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  // Heartbeats to a client that does not read would only pile up.
  const beat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': beat\n\n');
  }, beatMs);
  beat.unref();
  response.once('close', () => clearInterval(beat));
  return {
    send: (events) => writeAtOnce(response, batchText(events)),
    whenReady: (callback) => {
      if (!response.writableNeedDrain) queueMicrotask(callback);
      else {
        const go = (): void => {
          response.off('drain', go).off('close', go);
          callback();
        };
        response.on('drain', go).on('close', go);
      }
    },
    end: () => {
      clearInterval(beat);
      response.end();
    },
    fail: (error) => {
      clearInterval(beat);
      // On a temporary fault the connection is broken, so that the client reconnects; other errors are sent.
      if (error instanceof HeddleError && !isStoreFault(error)) endWithProblem(response, error);
      else response.destroy();
    },
  };
}

/** Ends an event stream with a last event `problem`, which contains the body of an error. */
export function endWithProblem(response: ServerResponse, error: HeddleError): void {
  if (response.writable) response.end(`event: problem\ndata: ${JSON.stringify(errorBody(error))}\n\n`);
}

/** Writes without Node's delay, which joins small writes, because a watcher is waiting for the text. */
function writeAtOnce(response: ServerResponse, text: string): boolean {
  const { socket } = response;
  socket?.cork();
  const isReady = response.write(text);
  socket?.uncork();
  return isReady;
}

const written = new WeakMap<readonly StreamEvent[], string>();

/** Serialises a batch only once for all its receivers. */
function batchText(events: readonly StreamEvent[]): string {
  const known = written.get(events);
  if (known !== undefined) return known;
  const text = events.map(eventText).join('');
  written.set(events, text);
  return text;
}

/** One event in the format of an event stream. JSON contains no raw line breaks, so the data stays on one line. */
function eventText(event: StreamEvent): string {
  const id = 'seq' in event ? `id: ${event.seq}\n` : '';
  return `${id}data: ${JSON.stringify(event)}\n\n`;
}
