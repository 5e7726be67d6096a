import { HeddleError, withoutUndefined } from '@heddle/core';
import { stopped } from '../until-aborted.js';
import { answered, graphAnswered, unanswered } from './weaviate-error.js';

export interface WeaviateOptions {
  /** For example `http://host:8080`; a path before the API is kept. */
  readonly url: string;
  readonly apiKey?: string | undefined;
  /** The prefix of the names of Heddle's classes on the server; it begins with a capital letter. Default `Heddle`. */
  readonly prefix?: string;
  /** Milliseconds after which a request times out. Default 60,000. */
  readonly timeoutMs?: number;
  /** From this number of passages, vectors are compared approximately (HNSW). Applies when the classes are created. Default 20,000. */
  readonly indexFrom?: number;
}

/** A request to the REST API. */
interface WeaviateRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly collection?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The context of a GraphQL query. */
interface GraphRequest {
  readonly collection?: string;
  readonly signal?: AbortSignal | undefined;
}

/** A connection to one server. */
export interface Connection {
  readonly host: string;
  /**
   * Sends a request and returns the parsed answer; undefined if it has no body, and for 404 if `isOptional`. Errors: `vector_store_*`,
   * `collection_not_found`, `aborted`.
   */
  send(request: WeaviateRequest, isOptional?: boolean): Promise<unknown>;
  /** Sends a GraphQL query and returns its data. Errors: the same, and `filter_invalid`. */
  ask(query: string, request?: GraphRequest): Promise<unknown>;
}

/** How often a query is repeated while the server does not know new classes yet. */
const mostTries = 40;
/** Milliseconds between two of these queries. */
const pauseMs = 50;

/** Creates a connection, which opens at the first request. Errors: `setting_invalid`. */
export function connect({ url, apiKey, timeoutMs = 60_000 }: WeaviateOptions): Connection {
  const { base, host } = readAddress(url);
  const authorization = apiKey === undefined || apiKey === '' ? undefined : `Bearer ${apiKey}`;
  const send: Connection['send'] = async ({ method, path, body, collection, signal }, isOptional = false) => {
    if (isAborted(signal)) throw stopped(signal);
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${base}${path}`, {
        ...withoutUndefined({ method, body: body === undefined ? undefined : JSON.stringify(body) }),
        redirect: 'manual',
        headers: withoutUndefined({
          authorization,
          'content-type': body === undefined ? undefined : 'application/json',
        }),
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      const text = await response.text();
      if (response.status === 404 && isOptional) return undefined;
      return answered({ status: response.status, text }, { host, collection });
    } catch (error) {
      throw isAborted(signal) ? stopped(signal) : unanswered(error, { host, isLate: limit.aborted });
    }
  };
  return {
    host,
    send,
    async ask(query, { collection, signal } = {}) {
      for (let tried = 1; ; tried += 1) {
        const answer = await send({
          method: 'POST',
          path: '/v1/graphql',
          body: { query },
          signal,
          ...named(collection),
        });
        const { data, isEarly } = graphAnswered(answer, { host, collection }, tried < mostTries);
        if (!isEarly) return data;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    },
  };
}

const named = (collection: string | undefined): { readonly collection?: string } =>
  collection === undefined ? {} : { collection };

const isAborted = (signal: AbortSignal | undefined): signal is AbortSignal => signal?.aborted === true;

function readAddress(url: string): { readonly base: string; readonly host: string } {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol))
    throw new HeddleError('setting_invalid', 'The address of Weaviate is not valid: write it as http://host:8080.');
  const { host, protocol, pathname, username, password } = address;
  if (username !== '' || password !== '')
    throw new HeddleError(
      'setting_invalid',
      'The address of Weaviate contains a user, but Weaviate expects a key: write the address without it, and the key in WEAVIATE_API_KEY.',
    );
  return { base: `${protocol}//${host}${pathname.replace(/\/+$/, '')}`, host };
}
