import { withoutUndefined } from '@heddle/core';
import type { HeddleError } from '@heddle/core';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { errorBody, retryAfterOf } from '../http/errors/error-reply.js';
import { securityHeaders } from '../http/security-headers.js';
import { responseOf } from './socket-admission.js';

/**
 * Answers a refused connection like an HTTP route, over either transport: with the status and body of the error, and `Retry-After`. By
 * itself, engine.io would answer with 403 or 400 and its own body.
 */
export function refuseConnection(request: IncomingMessage, error: HeddleError): void {
  const body = JSON.stringify(errorBody(error));
  const headers = withoutUndefined({
    ...securityHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'retry-after': retryAfterOf(error)?.toString(),
  });
  const response = responseOf(request);
  if (response !== undefined) {
    response.writeHead(error.status, headers).end(body);
    return;
  }
  const { socket } = request;
  const lines = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Refused'}`,
    'connection: close',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
