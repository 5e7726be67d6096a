import type { Connection } from '@heddle/core';
import { batchEndpointOf } from '../batch-endpoint.js';
import { findPreset } from '../presets.js';
import type { Provider, SchemaSupport } from '../provider.js';
import { createRerankServer } from '../rerank/ask-server.js';
import { openAiDialect, toDialect } from '../shared/schema-dialect.js';
import { apiOf } from './api-of.js';
import { chatGenerator } from './chat-generator.js';
import { openAiBatches } from './openai-batches.js';
import { openAiClients, type CreateClient } from './create-client.js';
import { responseGenerator } from './responses/response-generator.js';

const mostModels = 1000;

/** A provider for OpenAI, Azure OpenAI and compatible servers. */
export async function createOpenAiProvider(connection: Connection): Promise<Provider> {
  const createClient = await openAiClients(connection);
  const generate =
    apiOf(connection) === 'responses'
      ? responseGenerator(connection, createClient)
      : chatGenerator(connection, createClient);
  return {
    generate,
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
    batches: batchEndpointOf(connection) === undefined ? undefined : openAiBatches(connection, createClient),
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

/** Only compatible servers offer reranking; OpenAI and Azure do not. */
function rerankerOf({ kind, baseUrl }: Connection, createClient: CreateClient): Pick<Provider, 'rerank'> {
  if (kind === 'azure-openai' || baseUrl === undefined) return {};
  return {
    rerank: createRerankServer(baseUrl, (url, body, exchange) =>
      createClient(exchange).post<unknown>(url, { body, signal: exchange.signal }),
    ),
  };
}
