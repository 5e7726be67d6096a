import { QdrantClient } from '@qdrant/js-client-rest';
import { HeddleError } from '@heddle/core';
import { stopped, untilAborted } from '../until-aborted.js';
import { toQdrantError } from './qdrant-error.js';

/** Where the server is and how to speak to it. */
export interface QdrantOptions {
  /** Address of the server, such as `https://qdrant.example.org:6333`; a path before the API is kept. */
  readonly url: string;
  readonly apiKey?: string;
  /** What the names of Heddle's collections begin with on the server. Default `heddle_`. */
  readonly prefix?: string;
  /** Milliseconds until a request counts as unanswered. Default 30,000. */
  readonly timeoutMs?: number;
}

/** A client whose calls fail with Heddle's errors and end at a signal. */
export interface Connection {
  call<Result>(
    work: (client: QdrantClient) => Promise<Result>,
    options?: { readonly collection?: string; readonly signal?: AbortSignal },
  ): Promise<Result>;
}

/** Makes a client; nothing is asked of the server yet. Errors: `setting_invalid`. */
export function connect({ url, apiKey, timeoutMs = 30_000 }: QdrantOptions): Connection {
  const { origin, prefix, port } = readAddress(url);
  const client = new QdrantClient({
    url: origin,
    port,
    timeout: timeoutMs,
    checkCompatibility: false,
    ...(prefix === '' ? {} : { prefix }),
    // As a header: given as a key, the client would print a warning for every server on this machine.
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
      `The address of Qdrant '${url}' is not one: write it as http://host:6333 or https://host:6333.`,
    );
  }
  // A port that the scheme implies is lost in parsing, though it was written: Qdrant's own default is another one.
  const written = /^https?:\/\/[^/]*:(\d+)(?:\/|$)/.exec(url)?.[1];
  return {
    origin: `${address.protocol}//${address.host}`,
    prefix: address.pathname.replace(/\/+$/, ''),
    port: written === undefined ? 6333 : Number(written),
  };
}
