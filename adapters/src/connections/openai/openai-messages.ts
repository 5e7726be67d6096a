import type { Message, MessagePart } from '@heddle/core';
import type { ChatCompletionContentPart, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { LoadedFile } from '../provider.js';
import { fileAsText, isTextFile } from '../shared/load-files.js';

export function toOpenAiMessages(
  messages: readonly Message[],
  files: ReadonlyMap<string, LoadedFile>,
): ChatCompletionMessageParam[] {
  return messages.map((message) => toMessage(message, files));
}

function toMessage(message: Message, files: ReadonlyMap<string, LoadedFile>): ChatCompletionMessageParam {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: textOf(message, files) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId ?? '', content: textOf(message, files) };
    case 'assistant': {
      const calls = (message.toolCalls ?? []).map((call) => ({
        id: call.id,
        type: 'function' as const,
        function: { name: call.name, arguments: argumentsText(call.arguments) },
      }));
      const text = textOf(message, files);
      return calls.length === 0
        ? { role: 'assistant', content: text }
        : { role: 'assistant', content: text === '' ? null : text, tool_calls: calls };
    }
    case 'user':
      return {
        role: 'user',
        content:
          typeof message.content === 'string' ? message.content : message.content.map((part) => toPart(part, files)),
      };
  }
}

function toPart(part: MessagePart, files: ReadonlyMap<string, LoadedFile>): ChatCompletionContentPart {
  if (part.type === 'text') return { type: 'text', text: part.text };
  const file = files.get(part.file.id);
  if (file === undefined) return { type: 'text', text: '' };
  const { mediaType, name } = file.ref;
  const url = `data:${mediaType};base64,${file.base64}`;
  if (part.type === 'image') return { type: 'image_url', image_url: { url } };
  if (isTextFile(mediaType)) return { type: 'text', text: fileAsText(file) };
  return { type: 'file', file: { filename: name, file_data: url } };
}

/** The text of a message whose role allows only text. */
export function textOf(message: Message, files: ReadonlyMap<string, LoadedFile>): string {
  if (typeof message.content === 'string') return message.content;
  return message.content
    .map((part) => {
      if (part.type === 'text') return part.text;
      const file = files.get(part.file.id);
      return file !== undefined && isTextFile(file.ref.mediaType) ? fileAsText(file) : `[${part.file.name}]`;
    })
    .join('\n');
}

/** Tool arguments are sent as JSON text; text that is JSON already stays as the model wrote it. */
export function argumentsText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? {});
}
