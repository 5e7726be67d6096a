import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { HeddleError } from '@heddle/core';
import { inside, type Target } from './check-url.js';
import { isConnectedTo, pinnedLookup, type Address } from './resolve-host.js';

interface HopRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  readonly signal: AbortSignal;
}

/**
 * Sends a request over a new connection, and only to checked addresses. Errors: `fetch_failed`, `fetch_blocked`, or the signal's reason.
 */
export function sendRequest(
  { url, host }: Target,
  addresses: readonly Address[],
  { method, headers, body, signal }: HopRequest,
): Promise<IncomingMessage> {
  const options: RequestOptions = {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
    lookup: pinnedLookup(addresses),
    // A pooled connection may lead to an address that was not among those just checked.
    agent: false,
    signal,
  };
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, options, (message) => {
      if (isConnectedTo(message.socket.remoteAddress, addresses)) resolve(message);
      else {
        message.destroy();
        reject(inside(host));
      }
    });
    request.once('error', (error) => reject(signal.aborted ? asError(signal.reason) : failed(host, error)));
    request.end(body);
  });
}

function failed(host: string, error: Error): HeddleError {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code);
  const why = isCertificate
    ? `its certificate is not valid (${code})`
    : code === 'ECONNREFUSED'
      ? 'nothing answers there'
      : code === ''
        ? error.message
        : code;
  return new HeddleError('fetch_failed', `'${host}' could not be fetched: ${why}.`, {
    cause: error,
    retryable: !isCertificate,
  });
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new HeddleError('aborted', 'The request was stopped.');
