import type { Connection } from '@heddle/core';
import { supportAt } from '../shared/own-address.js';

/**
 * The API that a connection of OpenAI's kinds speaks: its setting, else what the vendor recommends for its own host. Other servers
 * and Azure get chat completions, which all of them know.
 */
export function apiOf(connection: Connection): 'responses' | 'chat' {
  if (connection.api !== undefined) return connection.api;
  const isOwnHost = connection.kind === 'openai' && supportAt(connection, ['openai.com']) === 'sure';
  return isOwnHost ? 'responses' : 'chat';
}
