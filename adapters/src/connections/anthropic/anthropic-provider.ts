import type { Connection, TimeSource } from '@heddle/core';
import { supportAt } from '../shared/own-address.js';
import type { Provider } from '../provider.js';
import type { Exchange } from '../shared/exchange.js';
import { anthropicDialect, toDialect } from '../shared/schema-dialect.js';
import { createTurnMemory } from '../shared/turn-memory.js';
import { withoutRefused, type Refusals } from '../shared/without-refused.js';
import { anthropicBatches } from './anthropic-batches.js';
import type { Thinking } from './anthropic-messages.js';
import { droppable, toAnthropicRequest, type Droppable } from './anthropic-request.js';
import { createCacheMarks, markForCache, type CacheMarks } from './prompt-cache.js';
import { readAnthropicStream } from './read-anthropic-stream.js';

const mostModels = 1000;

/** A provider for Anthropic and for servers that implement its Messages API. */
export async function createAnthropicProvider(
  connection: Connection,
  clock: Pick<TimeSource, 'now'>,
): Promise<Provider> {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const memory = createTurnMemory<Thinking>();
  const marksOf = createCacheMarks(connection.promptCache, clock);
  const refusals: Refusals<Droppable> = new Map();
  const baseURL = (connection.baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '').replace(/\/v1$/, '');
  const createClient = (exchange: Exchange) =>
    new Anthropic({
      apiKey: exchange.key === '' ? 'none' : exchange.key,
      authToken: null,
      baseURL,
      fetch: exchange.fetch,
      maxRetries: 0,
      timeout: connection.timeouts.totalMs + 1_000,
      logLevel: 'off',
    });
  return {
    generate(request, exchange) {
      const client = createClient(exchange);
      const marks = marksOf(request);
      const headers = request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey };
      return withoutRefused({
        refusals,
        model: request.model,
        droppable,
        exchange,
        build(dropped) {
          const body = toAnthropicRequest(connection, request, memory, dropped);
          return dropped.has('cache_control') ? body : markForCache(body, marks);
        },
        isSent: (body, name) => (name === 'cache_control' ? hasMarks(marks) : Reflect.get(body, name) !== undefined),
        async *send(body) {
          const events = await client.messages.create(body, { signal: exchange.signal, headers });
          yield* readAnthropicStream(events, memory);
        },
      });
    },
    batches: anthropicBatches(connection, createClient),
    schemaSupport: (schema) =>
      toDialect(schema, anthropicDialect) === undefined ? 'none' : supportAt(connection, ['anthropic.com']),
    async models(exchange) {
      const names: string[] = [];
      for await (const model of createClient(exchange).models.list({ limit: 100 }, { signal: exchange.signal })) {
        names.push(model.id);
        if (names.length >= mostModels) break;
      }
      return names;
    },
  };
}

const hasMarks = ({ prefix, history }: CacheMarks): boolean => prefix || history;
