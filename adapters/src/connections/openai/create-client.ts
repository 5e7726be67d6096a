import type { Connection } from '@heddle/core';
import type OpenAI from 'openai';
import type { Exchange } from '../shared/exchange.js';

/** Creates the client library for one attempt. All its options are set, so that it reads nothing from the environment of the process. */
export type CreateClient = (exchange: Exchange) => OpenAI;

/** The version of Azure's API if a connection names none. */
const azureVersion = '2025-04-01-preview';

/** Loads the library and returns a function that makes clients of a connection. */
export async function openAiClients(connection: Connection): Promise<CreateClient> {
  const { default: Client, AzureOpenAI } = await import('openai');
  const common = (exchange: Exchange) => ({
    fetch: exchange.fetch,
    // Some servers need no key, but the library always does.
    apiKey: exchange.key === '' ? 'none' : exchange.key,
    maxRetries: 0,
    timeout: connection.timeouts.totalMs + 1_000,
    logLevel: 'off' as const,
    organization: null,
    project: null,
  });
  const { baseUrl } = connection;
  if (connection.kind === 'azure-openai') {
    const root = (baseUrl ?? '').replace(/\/+$/, '').replace(/\/openai(?:\/v1)?$/, '');
    return (exchange) =>
      new AzureOpenAI({
        ...common(exchange),
        endpoint: root,
        apiVersion: connection.apiVersion ?? azureVersion,
      });
  }
  const url = baseUrl ?? 'https://api.openai.com/v1';
  return (exchange) => new Client({ ...common(exchange), baseURL: url });
}
