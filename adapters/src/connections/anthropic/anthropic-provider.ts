import type { Connection } from '@heddle/core';
import { supportAt } from '../shared/own-address.js';
import type { Provider } from '../provider.js';
import type { Exchange } from '../shared/exchange.js';
import { anthropicDialect, toDialect } from '../shared/schema-dialect.js';
import { createTurnMemory } from '../shared/turn-memory.js';
import { withoutRefused, type Refusals } from '../shared/without-refused.js';
import type { Thinking } from './anthropic-messages.js';
import { droppable, toAnthropicRequest, type Droppable } from './anthropic-request.js';
import { readAnthropicStream } from './read-anthropic-stream.js';

const mostModels = 1000;

/** Anthropic, and servers that speak its Messages API. */
export async function createAnthropicProvider(connection: Connection): Promise<Provider> {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const memory = createTurnMemory<Thinking>();
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
      const headers = request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey };
      return withoutRefused({
        refusals,
        model: request.model,
        droppable,
        exchange,
        build: (dropped) => toAnthropicRequest(connection, request, memory, dropped),
        async *send(body) {
          const events = await client.messages.create(body, { signal: exchange.signal, headers });
          yield* readAnthropicStream(events, memory);
        },
      });
    },
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
