import { HeddleError, type TimeSource } from '@heddle/core';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { errorContent } from '../errors/send-error.js';

interface SlowLimits {
  /** Milliseconds without a byte that are allowed, also before the rate counts. */
  readonly patienceMs: number;
  /** The lowest average rate in bytes per second, so a larger body has more time. */
  readonly bytesPerSecond: number;
}

/** A body that is still arriving. */
interface Progress {
  readonly response: ServerResponse;
  readonly firstBytes: number;
  bytes: number;
  /** Whether the server had unread bytes at the last check. */
  hadUnread: boolean;
  /** How many milliseconds the server has waited for the sender. */
  waited: number;
  /** For how many of these, up to now, nothing has arrived. */
  silent: number;
}

const checkEveryMs = 1_000;

/**
 * Ends requests whose body arrives too slowly, so that a client cannot occupy connections by sending single bytes. Only time during which
 * the server waits for the sender counts. The reply is `body_too_slow`, unless a reply was already sent.
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
  let isWatching = false;
  let lastCheck = 0;
  const check = (): void => {
    const spent = time.now() - lastCheck;
    lastCheck = time.now();
    for (const [request, progress] of watched) {
      if (request.complete || request.destroyed || request.socket.destroyed) watched.delete(request);
      else if (isTooSlow(request, progress, spent, limits)) {
        watched.delete(request);
        cut(request, progress.response);
        onCut(request.url ?? '');
      }
    }
    isWatching = watched.size > 0;
    if (isWatching) time.at(time.now() + checkEveryMs, check);
  };
  server.on('request', (request, response) => {
    const { headers, socket } = request;
    if (headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0) return;
    const bytes = socket.bytesRead;
    watched.set(request, { response, firstBytes: bytes, bytes, hadUnread: false, waited: 0, silent: 0 });
    if (isWatching) return;
    isWatching = true;
    lastCheck = time.now();
    time.at(lastCheck + checkEveryMs, check);
  });
}

function isTooSlow(request: IncomingMessage, progress: Progress, spent: number, limits: SlowLimits): boolean {
  const { bytesRead } = request.socket;
  const isSilent = bytesRead === progress.bytes;
  progress.bytes = bytesRead;
  const isServerBusy = progress.hadUnread || request.readableLength > 0;
  progress.hadUnread = request.readableLength > 0;
  if (isServerBusy) return false;
  progress.waited += spent;
  progress.silent = isSilent ? progress.silent + spent : 0;
  const { patienceMs, bytesPerSecond } = limits;
  const received = bytesRead - progress.firstBytes;
  const allowed = bytesPerSecond === 0 ? Infinity : patienceMs + (received * 1_000) / bytesPerSecond;
  return progress.silent >= patienceMs || progress.waited >= allowed;
}

/** Writes the error to the socket, because the reply of a route would wait for the rest of the body. */
function cut({ socket, url = '' }: IncomingMessage, response: ServerResponse): void {
  if (!response.headersSent) {
    const error = new HeddleError('body_too_slow', 'The body of the request arrived too slowly: send it again.');
    const { type, body } = errorContent(url, error);
    socket.write(
      [
        `HTTP/1.1 ${error.status} Request Timeout`,
        `content-type: ${type}`,
        `content-length: ${Buffer.byteLength(body)}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroySoon();
}
