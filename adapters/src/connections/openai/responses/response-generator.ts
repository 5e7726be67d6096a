import type { Connection } from '@heddle/core';
import type { Provider } from '../../provider.js';
import { withoutRefused, type Refusals } from '../../shared/without-refused.js';
import type { CreateClient } from '../create-client.js';
import { createKeptTurns } from './kept-turns.js';
import { readResponseStream } from './read-response-stream.js';
import { droppable, isSent, toResponseRequest, type Droppable } from './response-request.js';

export function responseGenerator(connection: Connection, createClient: CreateClient): Provider['generate'] {
  const refusals: Refusals<Droppable> = new Map();
  const turnsOf = createKeptTurns();
  return (request, exchange) => {
    const client = createClient(exchange);
    const turns = turnsOf(request.model);
    const headers = request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey };
    return withoutRefused({
      refusals,
      model: request.model,
      droppable,
      exchange,
      isSent,
      build: (dropped) => toResponseRequest(connection, request, turns, dropped),
      async *send(body) {
        const events = await client.responses.create(body, { signal: exchange.signal, headers });
        yield* readResponseStream(events, (items) => turns.keep(request.messages, items));
      },
    });
  };
}
