import { QdrantClient } from '@qdrant/js-client-rest';
import { HeddleError } from '@heddle/core';
import { stopped, untilAborted } from '../until-aborted.js';
import { toQdrantError } from './qdrant-error.js';

export interface QdrantOptions {
  /** For example `https://qdrant.example.org:6333`; a path before the API is kept. */
  readonly url: string;
  readonly apiKey?: string;
  /** The prefix of the names of Heddle's collections on the server. Default `heddle_`. */
  readonly prefix?: string;
  /** Milliseconds after which a request times out. Default 30,000. */
  readonly timeoutMs?: number;
}

/** A client for one server. Failed calls throw Heddle's errors, and a signal ends a call. */
export interface Connection {
  call<Result>(
    work: (client: QdrantClient) => Promise<Result>,
    options?: { readonly collection?: string; readonly signal?: AbortSignal },
  ): Promise<Result>;
}

/** Creates a client without contacting the server. Errors: `setting_invalid`. */
export function connect({ url, apiKey, timeoutMs = 30_000 }: QdrantOptions): Connection {
  const { origin, prefix, port } = readAddress(url);
  const client = new QdrantClient({
    url: origin,
    port,
    timeout: timeoutMs,
    checkCompatibility: false,
    ...(prefix === '' ? {} : { prefix }),
    // As a header, because with the `apiKey` option the client prints a warning for every server on this machine.
    ...(apiKey === undefined || apiKey === '' ? {} : { headers: { 'api-key': apiKey } }),
  });
  return {
    async call(work, { collection, signal } = {}) {
      if (signal?.aborted === true) throw stopped(signal);
      try {
        return await untilAborted(work(client), signal);
      } catch (error) {
        throw toQdrantError(error, { url, collection });
      }
    },
  };
}

function readAddress(url: string): { readonly origin: string; readonly prefix: string; readonly port: number } {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address === undefined || !/^https?:$/.test(address.protocol)) {
    throw new HeddleError(
      'setting_invalid',
      `The address of Qdrant '${url}' is not valid: write it as http://host:6333 or https://host:6333.`,
    );
  }
  // Parsing drops a written port that is the scheme's default, and Qdrant's own default port is another one.
  const written = /^https?:\/\/[^/]*:(\d+)(?:\/|$)/.exec(url)?.[1];
  return {
    origin: `${address.protocol}//${address.host}`,
    prefix: address.pathname.replace(/\/+$/, ''),
    port: written === undefined ? 6333 : Number(written),
  };
}
