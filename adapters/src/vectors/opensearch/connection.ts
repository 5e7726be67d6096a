import { HeddleError, withoutUndefined } from '@heddle/core';
import { stopped } from '../until-aborted.js';
import { answered, unanswered } from './opensearch-error.js';

export interface OpensearchOptions {
  /** For example `https://user:password@host:9200`; a path before the API is kept. The server needs the k-NN plugin. */
  readonly url: string;
  /** The prefix of the names of Heddle's indexes on the server. Default `heddle_`. */
  readonly prefix?: string;
  /** Milliseconds after which a request times out. Default 60,000. */
  readonly timeoutMs?: number;
  /** From this number of passages, vectors are compared approximately (HNSW). Default 20,000. */
  readonly indexFrom?: number;
}

/** A request. Lines of JSON are sent in the format of the bulk API. */
export interface OpensearchRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly lines?: readonly string[];
  readonly collection?: string;
  readonly signal?: AbortSignal;
}

/** A connection to one server. */
export interface Connection {
  readonly host: string;
  /**
   * Sends a request and returns the parsed answer; undefined for 404 if `isOptional`. Errors: `vector_store_*`, `collection_not_found`,
   * `aborted`.
   */
  send(request: OpensearchRequest, isOptional?: boolean): Promise<unknown>;
}

/** Creates a connection, which opens at the first request. Errors: `setting_invalid`. */
export function connect({ url, timeoutMs = 60_000 }: OpensearchOptions): Connection {
  const { base, host, authorization } = readAddress(url);
  return {
    host,
    async send({ method, path, body, lines, collection, signal }, isOptional = false) {
      if (isAborted(signal)) throw stopped(signal);
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        const response = await fetch(`${base}${path}`, {
          ...withoutUndefined({ method, body: payloadOf(body, lines) }),
          redirect: 'manual',
          headers: withoutUndefined({ authorization, 'content-type': typeOf(body, lines) }),
          signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
        });
        const text = await response.text();
        if (response.status === 404 && isOptional) return undefined;
        return answered({ status: response.status, text }, { host, collection });
      } catch (error) {
        throw isAborted(signal) ? stopped(signal) : unanswered(error, { host, isLate: limit.aborted });
      }
    },
  };
}

const payloadOf = (body: unknown, lines: readonly string[] | undefined): string | undefined =>
  lines === undefined ? JSON.stringify(body) : lines.map((line) => `${line}\n`).join('');

function typeOf(body: unknown, lines: readonly string[] | undefined): string | undefined {
  if (lines !== undefined) return 'application/x-ndjson';
  return body === undefined ? undefined : 'application/json';
}

const isAborted = (signal: AbortSignal | undefined): signal is AbortSignal => signal?.aborted === true;

function readAddress(url: string): {
  readonly base: string;
  readonly host: string;
  readonly authorization: string | undefined;
} {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new HeddleError(
      'setting_invalid',
      'The address of OpenSearch is not valid: write it as https://user:password@host:9200.',
    );
  const { username, password, host, protocol, pathname } = address;
  const isKnown = username !== '' || password !== '';
  const key = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    base: `${protocol}//${host}${pathname.replace(/\/+$/, '')}`,
    host,
    authorization: isKnown ? `Basic ${Buffer.from(key).toString('base64')}` : undefined,
  };
}
