import { HeddleError } from '@heddle/core';
import type { Socket } from 'node:net';
import { errorBody } from './error-reply.js';

const reasons: Readonly<Record<string, readonly [error: HeddleError, reason: string]>> = {
  HPE_HEADER_OVERFLOW: [
    new HeddleError('headers_too_large', 'The address and the headers together are too long: send values in the body.'),
    'Request Header Fields Too Large',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [
    new HeddleError('body_too_slow', 'The headers of the request arrived too slowly: send it again.'),
    'Request Timeout',
  ],
};
const usual = [new HeddleError('bad_request', 'This is not a readable HTTP request.'), 'Bad Request'] as const;

/** Replies to bytes that are not an HTTP request, in the format of `/api`, because no address is known yet. */
export function answerUnreadable({ code = '' }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const [error, reason] = reasons[code] ?? usual;
  if (socket.writable) {
    const body = JSON.stringify(errorBody(error));
    socket.write(
      [
        `HTTP/1.1 ${error.status} ${reason}`,
        'content-type: application/json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    );
  }
  socket.destroySoon();
}
