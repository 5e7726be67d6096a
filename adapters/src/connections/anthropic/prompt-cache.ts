import { createHash } from 'node:crypto';
import type { MessageCreateParamsStreaming, MessageParam } from '@anthropic-ai/sdk/resources/messages';
import type { Connection, TimeSource } from '@heddle/core';
import type { ProviderRequest } from '../provider.js';

/** How long the provider keeps a cached prefix; each read restarts the time. */
const keptMs = 5 * 60_000;
const mostPrefixes = 2_000;

export interface CacheMarks {
  /** Tools and system messages. */
  readonly prefix: boolean;
  /** The conversation up to the last message. */
  readonly history: boolean;
}

/**
 * Decides whether caching is worth its price: a write costs a quarter more than plain input, a read a tenth of it. `auto` marks a
 * conversation that will probably continue because it offers tools or already has an answer. It also marks tools and system messages from
 * the second request within five minutes that has the same ones, so a prompt that is sent once costs nothing more.
 */
export function createCacheMarks(
  promptCache: Connection['promptCache'],
  clock: Pick<TimeSource, 'now'>,
): (request: Pick<ProviderRequest, 'model' | 'messages' | 'tools' | 'toolChoice'>) => CacheMarks {
  const seen = new Map<string, number>();
  return ({ model, messages, tools = [], toolChoice }) => {
    if (promptCache !== 'auto') return { prefix: promptCache === 'always', history: promptCache === 'always' };
    const offersTools = tools.length > 0 && toolChoice !== 'none';
    const history = offersTools || messages.some(({ role }) => role === 'assistant');
    const system = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
    const prefix = createHash('sha256')
      .update(JSON.stringify([model, tools, system]))
      .digest('base64url');
    const last = seen.get(prefix);
    const now = clock.now();
    seen.delete(prefix);
    seen.set(prefix, now);
    const [oldest] = seen.keys();
    if (seen.size > mostPrefixes && oldest !== undefined) seen.delete(oldest);
    return { prefix: history || (last !== undefined && now - last < keptMs), history };
  };
}

const mark = { cache_control: { type: 'ephemeral' } } as const;

/**
 * Sets the cache marks of a request: after the last tool, after the system messages, at the last message, and at the message where the
 * previous request ended, because the provider searches back only twenty blocks. The API refuses more than four.
 */
export function markForCache(
  body: MessageCreateParamsStreaming,
  { prefix, history }: CacheMarks,
): MessageCreateParamsStreaming {
  const { system, tools, messages } = body;
  return {
    ...body,
    ...(prefix && typeof system === 'string' ? { system: [{ type: 'text', text: system, ...mark }] } : {}),
    ...(prefix && tools !== undefined
      ? { tools: tools.map((tool, index) => (index === tools.length - 1 ? { ...tool, ...mark } : tool)) }
      : {}),
    ...(history ? { messages: withMarks(messages) } : {}),
  };
}

function withMarks(messages: readonly MessageParam[]): MessageParam[] {
  const users = messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
  const marked = new Set(users.slice(-2));
  return messages.map((message, index) => {
    const { role, content } = message;
    const last = typeof content === 'string' ? undefined : content.at(-1);
    if (role !== 'user' || !marked.has(index) || typeof content === 'string' || last === undefined) return message;
    if (last.type === 'thinking' || last.type === 'redacted_thinking') return message;
    return { ...message, content: [...content.slice(0, -1), { ...last, ...mark }] };
  });
}
