import type { Connection } from '@heddle/core';
import { apiOf } from './openai/api-of.js';

/** The batch API of a connection; undefined if its provider has no batches. */
export function batchEndpointOf(connection: Connection): string | undefined {
  switch (connection.kind) {
    case 'openai':
      return apiOf(connection) === 'responses' ? '/v1/responses' : '/v1/chat/completions';
    case 'anthropic':
      return '/v1/messages';
    case 'azure-openai':
    case 'openai-compatible':
    case 'google':
      return undefined;
  }
}
