import type { ContentBlockParam, MessageParam, ToolResultBlockParam } from '@anthropic-ai/sdk/resources/messages';
import { isPlainObject, type Message, type MessagePart } from '@heddle/core';
import { textOf } from '../openai/openai-messages.js';
import type { LoadedFile } from '../provider.js';
import { fileAsText, isTextFile } from '../shared/load-files.js';
import type { TurnMemory } from '../shared/turn-memory.js';

/** The model's thinking before it called tools; the API requires it again together with their results. */
export type Thinking = readonly ContentBlockParam[];

interface AnthropicConversation {
  readonly system: string | undefined;
  readonly messages: MessageParam[];
  /** Whether the thinking before some tool call is no longer known. The model must then not think. */
  readonly hasForgotten: boolean;
}

/**
 * Converts a conversation. System messages go to their own field, tool results into a user message, and consecutive messages of one role
 * become one.
 */
export function toAnthropicMessages(
  messages: readonly Message[],
  files: ReadonlyMap<string, LoadedFile>,
  memory: TurnMemory<Thinking>,
): AnthropicConversation {
  const grouped: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = [];
  let hasForgotten = false;
  const add = (role: 'user' | 'assistant', blocks: readonly ContentBlockParam[]): void => {
    const last = grouped.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else if (blocks.length > 0) grouped.push({ role, content: [...blocks] });
  };
  for (const message of messages) {
    if (message.role === 'system') continue;
    if (message.role === 'tool') add('user', [toResult(message, files)]);
    else if (message.role === 'user') add('user', toBlocks(message, files));
    else {
      const calls = message.toolCalls ?? [];
      const thinking = calls.length === 0 ? [] : memory.find(calls[0]?.id ?? '');
      hasForgotten ||= thinking === undefined;
      const uses = calls.map(({ id, name, arguments: input }) => ({
        type: 'tool_use' as const,
        id,
        name,
        input: isPlainObject(input) ? input : parsed(input),
      }));
      add('assistant', [...(thinking ?? []), ...toBlocks(message, files), ...uses]);
    }
  }
  const system = messages.filter(({ role }) => role === 'system').map((message) => textOf(message, files));
  return { system: system.length === 0 ? undefined : system.join('\n\n'), messages: grouped, hasForgotten };
}

function parsed(input: unknown): unknown {
  if (typeof input !== 'string') return {};
  try {
    const value: unknown = JSON.parse(input);
    return isPlainObject(value) ? value : {};
  } catch {
    // The model wrote invalid arguments; the result of the call says so.
    return {};
  }
}

function toResult(message: Message, files: ReadonlyMap<string, LoadedFile>): ToolResultBlockParam {
  return { type: 'tool_result', tool_use_id: message.toolCallId ?? '', content: textOf(message, files) };
}

function toBlocks(message: Message, files: ReadonlyMap<string, LoadedFile>): readonly ContentBlockParam[] {
  const parts: readonly MessagePart[] =
    typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
  // The API refuses empty text.
  return parts.map((part) => toBlock(part, files)).filter((block) => block.type !== 'text' || block.text.trim() !== '');
}

function toBlock(part: MessagePart, files: ReadonlyMap<string, LoadedFile>): ContentBlockParam {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const file = files.get(part.file.id);
  if (file === undefined) return { type: 'text', text: '' };
  const { mediaType, name } = file.ref;
  const image = imageTypes.find((type) => type === mediaType);
  if (image !== undefined) return { type: 'image', source: { type: 'base64', media_type: image, data: file.base64 } };
  if (mediaType === 'application/pdf')
    return {
      type: 'document',
      title: name,
      source: { type: 'base64', media_type: 'application/pdf', data: file.base64 },
    };
  return { type: 'text', text: isTextFile(mediaType) ? fileAsText(file) : `[${name}]` };
}

const imageTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const;
