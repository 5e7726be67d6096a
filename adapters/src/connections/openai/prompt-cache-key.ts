import { createHash } from 'node:crypto';
import type { Connection } from '@heddle/core';
import type { ProviderRequest } from '../provider.js';

/**
 * A key for the constant part of a prompt: its system messages and tools. The provider sends requests with the same key to the machine that
 * has the prefix in its cache. Other servers do not support the field.
 */
export function promptCacheKey(
  connection: Connection,
  { model, messages, tools }: Pick<ProviderRequest, 'model' | 'messages' | 'tools'>,
): string | undefined {
  if (connection.kind === 'openai-compatible' || connection.promptCache === 'off') return undefined;
  const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  if (system.length === 0 && (tools === undefined || tools.length === 0)) return undefined;
  return createHash('sha256')
    .update(JSON.stringify([model, tools ?? [], system]))
    .digest('base64url')
    .slice(0, 32);
}
