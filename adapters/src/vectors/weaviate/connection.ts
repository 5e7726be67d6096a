import { HeddleError, withoutUndefined } from '@heddle/core';
import { stopped } from '../until-aborted.js';
import { answered, graphAnswered, unanswered } from './weaviate-error.js';

/** Where the server is. */
export interface WeaviateOptions {
  /** Such as `http://host:8080`; a path before the API is kept. */
  readonly url: string;
  /** Sent as the server's API key. */
  readonly apiKey?: string | undefined;
  /** What the names of Heddle's classes begin with on the server: a capital letter first. Default `Heddle`. */
  readonly prefix?: string;
  /** Milliseconds until a request counts as unanswered. Default 60,000. */
  readonly timeoutMs?: number;
  /** Passages from which vectors are compared approximately (HNSW), where the classes do not exist yet. Default 20,000. */
  readonly indexFrom?: number;
}

/** A request to the REST interface. */
interface WeaviateRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly collection?: string;
  readonly signal?: AbortSignal | undefined;
}

/** A query, and whose it is. */
interface GraphRequest {
  readonly collection?: string;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests to one server. */
export interface Connection {
  readonly host: string;
  /** The parsed answer; undefined for one without a body, and for 404 if `isOptional`. Errors: `vector_store_*`, `collection_not_found`, `aborted`. */
  send(request: WeaviateRequest, isOptional?: boolean): Promise<unknown>;
  /** The data of a GraphQL query. Errors: the same, `filter_invalid`. */
  ask(query: string, request?: GraphRequest): Promise<unknown>;
}

/** How often a query is sent again while the server does not know new classes yet. */
const mostTries = 40;
/** Milliseconds between two of these queries. */
const pauseMs = 50;

/** Connects when the first request is sent. Errors: `setting_invalid`. */
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
    throw new HeddleError('setting_invalid', 'The address of Weaviate is not one: write it as http://host:8080.');
  const { host, protocol, pathname, username, password } = address;
  if (username !== '' || password !== '')
    throw new HeddleError(
      'setting_invalid',
      'The address of Weaviate names a user, and Weaviate takes a key: write the address without it, and the key in WEAVIATE_API_KEY.',
    );
  return { base: `${protocol}//${host}${pathname.replace(/\/+$/, '')}`, host };
}
