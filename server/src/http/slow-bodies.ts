import { HeddleError, type TimeSource } from '@heddle/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { hasProblemDetails, problemDetails } from './problem-details.js';
import { errorBody } from './error-reply.js';

/** How slowly a body may come. */
export interface SlowLimits {
  /** Milliseconds without a byte, and before the rate counts. */
  readonly patienceMs: number;
  /** Bytes a second, on average; a larger body so has more time. */
  readonly bytesPerSecond: number;
}

/** What was seen of a body that is still on its way. */
interface Progress {
  readonly response: ServerResponse;
  readonly firstBytes: number;
  bytes: number;
  /** At the last look there was something that we had not read. */
  hadUnread: boolean;
  /** Milliseconds in which we waited for the sender. */
  waited: number;
  /** The end of those, in which nothing came. */
  silent: number;
}

/** How often bodies are looked at. */
const lookMs = 1_000;

/**
 * Ends requests whose body comes too slowly, so that nobody holds connections by sending a byte now and then. Only time in which the
 * server waits for the sender counts: what lies here unread is our own slowness. Answers `body_too_slow` where nothing was answered yet.
 */
export function cutSlowBodies(
  server: Server,
  {
    limits,
    time,
    onCut,
  }: { readonly limits: SlowLimits; readonly time: TimeSource; readonly onCut: (url: string) => void },
): void {
  const watched = new Map<IncomingMessage, Progress>();
  let isLooking = false;
  let lastLook = 0;
  const look = (): void => {
    const spent = time.now() - lastLook;
    lastLook = time.now();
    for (const [request, progress] of watched) {
      if (request.complete || request.destroyed || request.socket.destroyed) watched.delete(request);
      else if (isTooSlow(request, progress, spent, limits)) {
        watched.delete(request);
        cut(request, progress.response);
        onCut(request.url ?? '');
      }
    }
    isLooking = watched.size > 0;
    if (isLooking) time.at(time.now() + lookMs, look);
  };
  server.on('request', (request, response) => {
    const { headers, socket } = request;
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return;
    const bytes = socket.bytesRead;
    watched.set(request, { response, firstBytes: bytes, bytes, hadUnread: false, waited: 0, silent: 0 });
    if (isLooking) return;
    isLooking = true;
    lastLook = time.now();
    time.at(lastLook + lookMs, look);
  });
}

function isTooSlow(request: IncomingMessage, progress: Progress, spent: number, limits: SlowLimits): boolean {
  const { bytesRead } = request.socket;
  const isSilent = bytesRead === progress.bytes;
  progress.bytes = bytesRead;
  const isOurTurn = progress.hadUnread || request.readableLength > 0;
  progress.hadUnread = request.readableLength > 0;
  if (isOurTurn) return false;
  progress.waited += spent;
  progress.silent = isSilent ? progress.silent + spent : 0;
  const { patienceMs, bytesPerSecond } = limits;
  const received = bytesRead - progress.firstBytes;
  const allowed = bytesPerSecond === 0 ? Infinity : patienceMs + (received * 1_000) / bytesPerSecond;
  return progress.silent >= patienceMs || progress.waited >= allowed;
}

/** Says why in words of its own: the reply of a route waits for the body that does not come. */
function cut({ socket, url = '' }: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent) {
    const error = new HeddleError('body_too_slow', 'The body of the request came too slowly: send it again.');
    const isProblem = hasProblemDetails(url);
    const body = JSON.stringify(isProblem ? problemDetails(error) : errorBody(error));
    const type = isProblem ? 'application/problem+json' : 'application/json';
    socket.write(
      [
        `HTTP/1.1 ${error.status} Request Timeout`,
        `content-type: ${type}; charset=utf-8`,
        `content-length: ${Buffer.byteLength(body)}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroySoon();
}
