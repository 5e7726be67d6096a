import { randomUUID } from 'node:crypto';
import { HeddleError, type Connection } from '@heddle/core';
import { supportAt } from '../shared/own-address.js';
import type { Provider } from '../provider.js';
import type { Exchange } from '../shared/exchange.js';
import { googleDialect, toDialect } from '../shared/schema-dialect.js';
import { createTurnMemory } from '../shared/turn-memory.js';
import { withoutRefused, type Refusals } from '../shared/without-refused.js';
import { droppable, toGoogleRequest, type Droppable } from './google-request.js';
import { readGoogleStream } from './read-google-stream.js';

const mostModels = 1000;

/** A provider for Google Gemini and for servers that implement its API. */
export async function createGoogleProvider(connection: Connection): Promise<Provider> {
  const { GoogleGenAI } = await import('@google/genai');
  const signatures = createTurnMemory<string>();
  const refusals: Refusals<Droppable> = new Map();
  const { baseUrl, apiVersion } = addressOf(connection);
  const createClient = (exchange: Exchange) =>
    new GoogleGenAI({
      apiKey: exchange.key === '' ? 'none' : exchange.key,
      vertexai: false,
      httpOptions: { fetch: exchange.fetch, baseUrl, apiVersion },
    });
  return {
    generate(request, exchange) {
      const client = createClient(exchange);
      return withoutRefused({
        refusals,
        model: request.model,
        droppable,
        exchange,
        build: (dropped) => toGoogleRequest(request, signatures, dropped),
        async *send({ contents, ...config }) {
          try {
            const chunks = await client.models.generateContentStream({
              model: request.model,
              contents,
              config: { ...config, abortSignal: exchange.signal },
            });
            yield* readGoogleStream(chunks, signatures, () => `call_${randomUUID()}`);
          } catch (error) {
            throw isCut(error) ? cut(connection.id) : error;
          }
        },
      });
    },
    schemaSupport: (schema) =>
      toDialect(schema, googleDialect) === undefined ? 'none' : supportAt(connection, ['googleapis.com']),
    async embed({ model, texts, kind }, exchange) {
      const { embeddings = [] } = await createClient(exchange).models.embedContent({
        model,
        contents: texts.map((text) => ({ parts: [{ text }] })),
        config: {
          taskType: kind === 'query' ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT',
          abortSignal: exchange.signal,
        },
      });
      return { vectors: embeddings.map(({ values }) => values ?? []), inputTokens: undefined };
    },
    async models(exchange) {
      const names: string[] = [];
      const pages = await createClient(exchange).models.list({ config: { abortSignal: exchange.signal } });
      for await (const { name } of pages) {
        if (name !== undefined) names.push(name.replace(/^models\//, ''));
        if (names.length >= mostModels) break;
      }
      return names;
    },
  };
}

/** Whether the library reports a stream that ended inside an event. */
function isCut(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'message' in error &&
    String(error.message).includes('Incomplete JSON segment')
  );
}

function cut(connection: string): HeddleError {
  return new HeddleError('stream_incomplete', `Connection '${connection}': the reply was cut off before its end.`, {
    details: { connection },
  });
}

/**
 * The base URL without its API version, which the client adds itself. A version in the URL is passed on, because other servers support only
 * one.
 */
function addressOf({ baseUrl }: Connection): { readonly baseUrl?: string; readonly apiVersion?: string } {
  if (baseUrl === undefined) return {};
  const [, address = '', apiVersion] = /^(.*?)(?:\/(v1(?:alpha|beta)?))?\/*$/.exec(baseUrl) ?? [];
  return { baseUrl: address.replace(/\/+$/, ''), apiVersion };
}
