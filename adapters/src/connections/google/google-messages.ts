import type { Content, Part } from '@google/genai';
import { isPlainObject, type Message } from '@heddle/core';
import { textOf } from '../openai/openai-messages.js';
import type { LoadedFile } from '../provider.js';
import { fileAsText, isTextFile } from '../shared/load-files.js';
import type { TurnMemory } from '../shared/turn-memory.js';

/** A conversation in the form of `generateContent`. */
interface GoogleConversation {
  readonly system: string | undefined;
  readonly contents: Content[];
}

/** The value that the API documents for calls without a known signature, such as those of another model or of an earlier process. */
const unknownSignature = 'skip_thought_signature_validator';

/**
 * Converts a conversation. System messages go to their own field, tool results carry the tool's name, and consecutive messages of one role
 * become one.
 */
export function toGoogleContents(
  messages: readonly Message[],
  files: ReadonlyMap<string, LoadedFile>,
  signatures: TurnMemory<string>,
): GoogleConversation {
  const contents: { role: string; parts: Part[] }[] = [];
  const nameOfCall = new Map<string, string>();
  const add = (role: string, parts: readonly Part[]): void => {
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else if (parts.length > 0) contents.push({ role, parts: [...parts] });
  };
  for (const message of messages) {
    if (message.role === 'system') continue;
    if (message.role === 'tool') {
      const name = message.name ?? nameOfCall.get(message.toolCallId ?? '') ?? 'tool';
      const response = toResponse(textOf(message, files));
      // oxlint-disable-next-line typescript/no-unsafe-class-instance-assignment -- the library sends plain objects
      add('user', [{ functionResponse: { id: message.toolCallId ?? '', name, response } }]);
    } else if (message.role === 'user') add('user', toParts(message, files));
    else {
      const calls = (message.toolCalls ?? []).map((call, index): Part => {
        nameOfCall.set(call.id, call.name);
        const signature = signatures.find(call.id) ?? (index === 0 ? unknownSignature : undefined);
        return {
          functionCall: { id: call.id, name: call.name, args: toArguments(call.arguments) },
          thoughtSignature: signature,
        };
      });
      add('model', [...toParts(message, files), ...calls]);
    }
  }
  const system = messages.filter(({ role }) => role === 'system').map((message) => textOf(message, files));
  return { system: system.length === 0 ? undefined : system.join('\n\n'), contents };
}

/** The API accepts only objects as results. */
function toResponse(text: string): Record<string, unknown> {
  const value = parseOr(text, undefined);
  return isPlainObject(value) ? { ...value } : { result: value ?? text };
}

function toArguments(value: unknown): Record<string, unknown> {
  const parsed = typeof value === 'string' ? parseOr(value, {}) : value;
  return isPlainObject(parsed) ? { ...parsed } : {};
}

function parseOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return otherwise;
  }
}

function toParts(message: Message, files: ReadonlyMap<string, LoadedFile>): readonly Part[] {
  if (typeof message.content === 'string') return message.content === '' ? [] : [{ text: message.content }];
  return message.content.map((part): Part => {
    if (part.type === 'text') return { text: part.text };
    const file = files.get(part.file.id);
    if (file === undefined) return { text: '' };
    if (isTextFile(file.ref.mediaType)) return { text: fileAsText(file) };
    return { inlineData: { mimeType: file.ref.mediaType, data: file.base64 } };
  });
}
