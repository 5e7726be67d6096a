import type { Connection } from '@heddle/core';
import type { Provider } from '../provider.js';
import { withoutRefused, type Refusals } from '../shared/without-refused.js';
import type { CreateClient } from './create-client.js';
import { droppable, toOpenAiRequest, type Droppable } from './openai-request.js';
import { readOpenAiStream } from './read-openai-stream.js';

export function chatGenerator(connection: Connection, createClient: CreateClient): Provider['generate'] {
  const refusals: Refusals<Droppable> = new Map();
  return (request, exchange) => {
    const client = createClient(exchange);
    const headers = request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey };
    return withoutRefused({
      refusals,
      model: request.model,
      droppable,
      exchange,
      build: (dropped) => toOpenAiRequest(connection, request, dropped),
      async *send(body) {
        const chunks = await client.chat.completions.create(body, { signal: exchange.signal, headers });
        yield* readOpenAiStream(chunks);
      },
    });
  };
}
