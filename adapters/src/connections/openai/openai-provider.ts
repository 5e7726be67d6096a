import type { Connection } from '@heddle/core';
import { findPreset } from '../presets.js';
import type { Provider, ProviderEvent, ProviderRequest, SchemaSupport } from '../provider.js';
import { createRerankServer } from '../rerank/ask-server.js';
import type { Exchange } from '../shared/exchange.js';
import { openAiClients, type CreateClient } from './create-client.js';
import { droppable, toOpenAiRequest, type Droppable } from './openai-request.js';
import { readOpenAiStream } from './read-openai-stream.js';
import { openAiDialect, toDialect } from '../shared/schema-dialect.js';
import { withoutRefused, type Refusals } from '../shared/without-refused.js';

const mostModels = 1000;

/** OpenAI, Azure OpenAI, and every server that speaks like them. */
export async function createOpenAiProvider(connection: Connection): Promise<Provider> {
  const createClient = await openAiClients(connection);
  const refusals: Refusals<Droppable> = new Map();
  return {
    generate: (request, exchange) => generate(connection, createClient, refusals, request, exchange),
    schemaSupport(schema): SchemaSupport {
      if (connection.kind === 'openai-compatible') return findPreset(connection.preset)?.schema ?? 'likely';
      return toDialect(schema, openAiDialect) === undefined ? 'likely' : 'sure';
    },
    async embed({ model, texts }, exchange) {
      const { data, usage } = await createClient(exchange).embeddings.create(
        { model, input: [...texts], encoding_format: 'float' },
        { signal: exchange.signal },
      );
      const vectors = [...data].sort((a, b) => a.index - b.index).map(({ embedding }) => embedding);
      return { vectors, inputTokens: usage?.prompt_tokens };
    },
    async moderate({ model, texts }, exchange) {
      const { results } = await createClient(exchange).moderations.create(
        { model, input: [...texts] },
        { signal: exchange.signal },
      );
      return results.map(({ category_scores }) => ({ ...category_scores }));
    },
    ...rerankerOf(connection, createClient),
    async models(exchange) {
      const names: string[] = [];
      for await (const model of createClient(exchange).models.list({ signal: exchange.signal })) {
        names.push(model.id);
        if (names.length >= mostModels) break;
      }
      return names;
    },
  };
}

/** Compatible servers rerank; OpenAI and Azure do not. */
function rerankerOf({ kind, baseUrl }: Connection, createClient: CreateClient): Pick<Provider, 'rerank'> {
  if (kind === 'azure-openai' || baseUrl === undefined) return {};
  return {
    rerank: createRerankServer(baseUrl, (url, body, exchange) =>
      createClient(exchange).post<unknown>(url, { body, signal: exchange.signal }),
    ),
  };
}

function generate(
  connection: Connection,
  createClient: CreateClient,
  refusals: Refusals<Droppable>,
  request: ProviderRequest,
  exchange: Exchange,
): AsyncGenerator<ProviderEvent> {
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
}
