import type { HeddleError } from '@heddle/core';
import { STATUS_CODES, type IncomingMessage } from 'node:http';
import { errorBody, retryAfterOf } from '../http/error-reply.js';
import { securityHeaders } from '../http/security-headers.js';
import { responseOf } from './socket-admission.js';

/**
 * Answers a connection that is refused as a route answers, over either transport: with the status of the error, its body and
 * `Retry-After`. engine.io itself answers with 403 or 400 and a body of its own.
 */
export function refuseConnection(request: IncomingMessage, error: HeddleError): void {
  const body = JSON.stringify(errorBody(error));
  const wait = retryAfterOf(error);
  const headers = {
    ...securityHeaders,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    ...(wait === undefined ? {} : { 'retry-after': String(wait) }),
  };
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
