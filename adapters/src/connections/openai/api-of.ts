import type { Connection } from '@heddle/core';
import { supportAt } from '../shared/own-address.js';

/**
 * The API that an OpenAI-like connection uses: its setting, or by default the one that the vendor recommends for its own host. Other
 * servers and Azure get chat completions, which all of them support.
 */
export function apiOf(connection: Connection): 'responses' | 'chat' {
  if (connection.api !== undefined) return connection.api;
  const isOwnHost = connection.kind === 'openai' && supportAt(connection, ['openai.com']) === 'sure';
  return isOwnHost ? 'responses' : 'chat';
}
