import type { Message, MessagePart } from '@heddle/core';
import type { EasyInputMessage, ResponseInputContent, ResponseInputItem } from 'openai/resources/responses/responses';
import type { LoadedFile } from '../../provider.js';
import { fileAsText, isTextFile } from '../../shared/load-files.js';
import { argumentsText, textOf } from '../openai-messages.js';
import type { KeptTurns } from './kept-turns.js';

/** Converts a conversation to input items. An answer with tool calls is sent exactly as the model wrote it if its items are known. */
export function toInputItems(
  messages: readonly Message[],
  files: ReadonlyMap<string, LoadedFile>,
  turns: Pick<KeptTurns, 'find'>,
): ResponseInputItem[] {
  return messages.flatMap((message, index): ResponseInputItem[] => {
    switch (message.role) {
      case 'system':
        return [easy('system', textOf(message, files))];
      case 'user':
        return [easy('user', contentOf(message, files))];
      case 'tool':
        return [{ type: 'function_call_output', call_id: message.toolCallId ?? '', output: textOf(message, files) }];
      case 'assistant': {
        const text = textOf(message, files);
        const kept = turns.find(messages.slice(0, index), message, text);
        return kept === undefined ? toTurn(message, text) : [...kept];
      }
    }
  });
}

const easy = (role: EasyInputMessage['role'], content: EasyInputMessage['content']): EasyInputMessage => ({
  type: 'message',
  role,
  content,
});

function toTurn(message: Message, text: string): ResponseInputItem[] {
  const calls = (message.toolCalls ?? []).map((call) => ({
    type: 'function_call' as const,
    call_id: call.id,
    name: call.name,
    arguments: argumentsText(call.arguments),
  }));
  return text === '' && calls.length > 0 ? calls : [easy('assistant', text), ...calls];
}

function contentOf(message: Message, files: ReadonlyMap<string, LoadedFile>): EasyInputMessage['content'] {
  if (typeof message.content === 'string') return message.content;
  return message.content.map((part) => toPart(part, files));
}

function toPart(part: MessagePart, files: ReadonlyMap<string, LoadedFile>): ResponseInputContent {
  if (part.type === 'text') return { type: 'input_text', text: part.text };
  const file = files.get(part.file.id);
  if (file === undefined) return { type: 'input_text', text: '' };
  const { mediaType, name } = file.ref;
  const url = `data:${mediaType};base64,${file.base64}`;
  if (part.type === 'image') return { type: 'input_image', image_url: url, detail: 'auto' };
  if (isTextFile(mediaType)) return { type: 'input_text', text: fileAsText(file) };
  return { type: 'input_file', filename: name, file_data: url };
}
