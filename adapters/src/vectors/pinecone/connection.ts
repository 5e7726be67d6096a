import { HeddleError, withoutUndefined } from '@heddle/core';
import { stopped } from '../until-aborted.js';
import { answered, unanswered } from './pinecone-error.js';

export interface PineconeOptions {
  readonly apiKey: string;
  /** The address that says where the indexes are. Default `https://api.pinecone.io`. */
  readonly url?: string | undefined;
  /** Cloud and region for new indexes. Default `aws/us-east-1`. */
  readonly region?: string | undefined;
  /** The prefix of the names of Heddle's indexes: lower-case letters, digits and hyphens. Default `heddle`. */
  readonly prefix?: string;
  /** Milliseconds after which a request times out. Default 60,000. */
  readonly timeoutMs?: number;
  /** Milliseconds after which a write that is still not visible counts as failed. Default 120,000. */
  readonly visibleMs?: number;
}

/** A request to the address of an index or of the project. */
interface PineconeRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly base: string;
  readonly path: string;
  readonly body?: unknown;
  readonly collection?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer with two positions in Pinecone's log, from its headers: that of the write, and the one up to which everything is visible. */
export interface PineconeAnswer {
  readonly body: unknown;
  readonly written: number | undefined;
  readonly visible: number | undefined;
}

/** A connection to the indexes of one project. */
export interface Connection {
  /** The address that says where the indexes are. */
  readonly base: string;
  readonly visibleMs: number;
  /**
   * Sends a request and returns the parsed answer; undefined for 404 if `isOptional`. Errors: `vector_store_*`, `collection_not_found`,
   * `filter_invalid`, `aborted`.
   */
  send(request: PineconeRequest, isOptional?: boolean): Promise<PineconeAnswer | undefined>;
}

/** The version of Pinecone's API that this code was written for. */
const version = '2025-10';

/** How often a request is repeated when Pinecone refuses it for too many requests. The pause doubles each time. */
const mostTries = 8;
const firstPauseMs = 200;
const longestPauseMs = 15_000;

/** Creates a connection, which opens at the first request. Errors: `setting_invalid`. */
export function connect({ apiKey, url, timeoutMs = 60_000, visibleMs = 120_000 }: PineconeOptions): Connection {
  if (apiKey.trim() === '' || /[^\x21-\x7e]/.test(apiKey))
    throw new HeddleError(
      'setting_invalid',
      'The key of Pinecone is empty or contains spaces: check PINECONE_API_KEY.',
    );
  const once = async ({
    method,
    base,
    path,
    body,
    signal,
  }: PineconeRequest): Promise<Response & { text(): Promise<string> }> => {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${base}${path}`, {
        ...withoutUndefined({ method, body: body === undefined ? undefined : JSON.stringify(body) }),
        redirect: 'manual',
        headers: withoutUndefined({
          'api-key': apiKey,
          'x-pinecone-api-version': version,
          accept: 'application/json',
          'content-type': body === undefined ? undefined : 'application/json',
        }),
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      const text = await response.text();
      return Object.assign(response, { text: () => Promise.resolve(text) });
    } catch (error) {
      throw isAborted(signal)
        ? stopped(signal)
        : unanswered(error, { host: new URL(base).host, isLate: limit.aborted });
    }
  };
  return {
    base: readAddress(url ?? 'https://api.pinecone.io'),
    visibleMs,
    async send(request, isOptional = false) {
      for (let tried = 1; ; tried += 1) {
        if (isAborted(request.signal)) throw stopped(request.signal);
        const response = await once(request);
        const { status, headers } = response;
        if (status === 404 && isOptional) return undefined;
        if (status === 429 && tried < mostTries) {
          await pause(pauseOf(headers.get('retry-after'), tried), request.signal);
          continue;
        }
        const place = { host: new URL(request.base).host, collection: request.collection };
        return {
          body: answered({ status, text: await response.text() }, place),
          written: numberOf(headers.get('x-pinecone-request-lsn')),
          visible: numberOf(headers.get('x-pinecone-max-indexed-lsn')),
        };
      }
    },
  };
}

/** Waits for a time, or until the signal aborts. Errors: `aborted`. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
  if (isAborted(signal)) throw stopped(signal);
}

function pauseOf(retryAfter: string | null, tried: number): number {
  const seconds = numberOf(retryAfter);
  return Math.min(longestPauseMs, seconds === undefined ? firstPauseMs * 2 ** (tried - 1) : seconds * 1000);
}

function numberOf(text: string | null): number | undefined {
  if (text === null || !/^\d+$/.test(text.trim())) return undefined;
  return Number(text);
}

const isAborted = (signal: AbortSignal | undefined): signal is AbortSignal => signal?.aborted === true;

function readAddress(url: string): string {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol) || address.username !== '')
    throw new HeddleError(
      'setting_invalid',
      'The address of Pinecone is not valid: write it as https://api.pinecone.io.',
    );
  return `${address.protocol}//${address.host}${address.pathname.replace(/\/+$/, '')}`;
}
