import { createHash } from 'node:crypto';
import type { Connection } from '@heddle/core';
import type { ProviderRequest } from '../provider.js';

/**
 * A name for the part of a prompt that stays the same: its system messages and its tools. The provider sends requests with one name to
 * the machine that has the prefix in its cache. Other servers do not know the field.
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
