import type { Connection } from '@heddle/core';
import { supportAt } from '../shared/own-address.js';

/**
 * Returns the API for calls to an OpenAI-like connection: the one that the connection names, or else the one that the vendor recommends for
 * its own host. For all other hosts and for Azure, that is chat completions, which all of them support.
 */
export function apiOf(connection: Connection): 'responses' | 'chat' {
  if (connection.api !== undefined) return connection.api;
  const isOwnHost = connection.kind === 'openai' && supportAt(connection, ['openai.com']) === 'sure';
  return isOwnHost ? 'responses' : 'chat';
}
