import type { Connection } from '@heddle/core';
import { supportAt } from '../shared/own-address.js';

/**
 * Returns the API that calls to an OpenAI-like connection use. The setting of the connection decides. Without one, OpenAI's own host gets
 * the responses API, and every other host, as well as Azure, gets chat completions, which all of them support.
 */
export function apiOf(connection: Connection): 'responses' | 'chat' {
  if (connection.api !== undefined) return connection.api;
  const isOwnHost = connection.kind === 'openai' && supportAt(connection, ['openai.com']) === 'sure';
  return isOwnHost ? 'responses' : 'chat';
}
