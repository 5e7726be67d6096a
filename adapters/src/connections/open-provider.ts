import { HeddleError, type Connection, type TimeSource } from '@heddle/core';
import type { Provider } from './provider.js';

/** Loads the provider for a connection's kind of API. Errors: `bad_request` if the connection needs an address and has none. */
export async function openProvider(connection: Connection, clock: Pick<TimeSource, 'now'>): Promise<Provider> {
  const { kind, baseUrl, id } = connection;
  if ((kind === 'azure-openai' || kind === 'openai-compatible') && baseUrl === undefined)
    throw new HeddleError('bad_request', `Connection '${id}' has no base URL: set the address of its API.`, {
      details: { connection: id },
    });
  switch (kind) {
    case 'openai':
    case 'azure-openai':
    case 'openai-compatible':
      return (await import('./openai/openai-provider.js')).createOpenAiProvider(connection);
    case 'anthropic':
      return (await import('./anthropic/anthropic-provider.js')).createAnthropicProvider(connection, clock);
    case 'google':
      return (await import('./google/google-provider.js')).createGoogleProvider(connection);
  }
}
