import { HeddleError, isStoreFault, type StreamEvent } from '@heddle/core';
import type { ServerResponse } from 'node:http';
import { errorBody } from '../http/error-reply.js';
import type { LiveSink } from './run-subscriber.js';

const beatMs = 15_000;

/** Begins an SSE reply. The returned sink writes events; `id:` is the seq of durable ones, so that a client's `Last-Event-ID` names it. */
export function openEventStream(response: ServerResponse, headers: Readonly<Record<string, string>>): LiveSink {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  // One that does not read needs no sign of life: it would only pile up.
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
      // What may pass breaks the connection, so that the client comes back; anything else is told.
      if (error instanceof HeddleError && !isStoreFault(error)) endWithProblem(response, error);
      else response.destroy();
    },
  };
}

/** Ends an event stream early with a last event, `problem`, whose data is the body of an error. */
export function endWithProblem(response: ServerResponse, error: HeddleError): void {
  if (response.writable) response.end(`event: problem\ndata: ${JSON.stringify(errorBody(error))}\n\n`);
}

/** Node would keep the text until everything else of this moment is done, so that more could join it: nothing does, and a watcher waits. */
function writeAtOnce(response: ServerResponse, text: string): boolean {
  const { socket } = response;
  socket?.cork();
  const isReady = response.write(text);
  socket?.uncork();
  return isReady;
}

const written = new WeakMap<readonly StreamEvent[], string>();

/** A batch is written out once, however many get it. */
function batchText(events: readonly StreamEvent[]): string {
  const known = written.get(events);
  if (known !== undefined) return known;
  const text = events.map(eventText).join('');
  written.set(events, text);
  return text;
}

/** One event in the form of an event stream. JSON has no raw line breaks, so the data stays on one line. */
function eventText(event: StreamEvent): string {
  const id = 'seq' in event ? `id: ${event.seq}\n` : '';
  return `${id}data: ${JSON.stringify(event)}\n\n`;
}
