import http from 'node:http';
import https from 'node:https';
import { HeddleError } from '@heddle/core';
import { errorCode } from '../files/error-code.js';

interface HttpOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** How many milliseconds to wait for a connection, and then again for the first byte of the answer. */
  readonly answerMs: number;
  readonly signal: AbortSignal | undefined;
}

const mostRedirects = 10;

/**
 * Makes a GET request and follows redirects. The authorization header is never sent to another host. Errors: `source_unreachable`,
 * `download_failed`, `aborted`.
 */
export async function httpGet(url: URL, options: HttpOptions): Promise<http.IncomingMessage> {
  let address = url;
  let headers = options.headers;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await oneRequest(address, { ...options, headers });
    const location = response.headers.location;
    if (
      response.statusCode === undefined ||
      response.statusCode < 300 ||
      response.statusCode >= 400 ||
      location === undefined
    )
      return response;
    response.resume();
    const next = new URL(location, address);
    if (next.protocol !== 'https:' && address.protocol === 'https:') {
      throw new HeddleError('download_failed', `'${address.host}' redirects the download to an address without TLS.`);
    }
    if (next.host !== address.host)
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
    address = next;
  }
  throw new HeddleError('download_failed', `'${url.host}' redirects too many times.`);
}

function oneRequest(url: URL, options: HttpOptions): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request: start, Agent } = url.protocol === 'https:' ? https : http;
    const agent = new Agent({ proxyEnv: process.env });
    const request = start(url, { headers: options.headers, agent, signal: options.signal });
    const giveUp = (doing: string) => () => {
      request.destroy(
        new HeddleError('source_unreachable', `'${url.host}' did not ${doing} within ${options.answerMs / 1000} s.`),
      );
    };
    let timer = setTimeout(giveUp('accept a connection'), options.answerMs);
    request.once('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        timer = setTimeout(giveUp('answer'), options.answerMs);
      });
    });
    request.once('response', (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    request.once('error', (error) => {
      clearTimeout(timer);
      reject(
        options.signal?.aborted === true
          ? new HeddleError('aborted', 'The download was stopped.', { cause: error })
          : unreachable(url, error),
      );
    });
    request.end();
  });
}

function unreachable(url: URL, error: Error): HeddleError {
  if (error instanceof HeddleError) return error;
  const code = errorCode(error) ?? error.message;
  return new HeddleError('source_unreachable', `'${url.host}' cannot be reached (${code}).`, { cause: error });
}
