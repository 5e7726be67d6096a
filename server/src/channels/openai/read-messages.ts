import { HeddleError, type Blobs, type Message, type MessagePart } from '@heddle/core';
import { readDataUrl } from '../../files/data-url.js';
import { mediaTypeOf } from '../../files/media-type.js';
import type { ChatMessage } from './chat-request.js';

/** Converts the messages of a chat request; pictures in data URLs become stored files. Errors: `bad_request`. */
export async function readMessages(messages: readonly ChatMessage[], blobs: Blobs): Promise<readonly Message[]> {
  return Promise.all(messages.map((message) => readMessage(message, blobs)));
}

async function readMessage(message: ChatMessage, blobs: Blobs): Promise<Message> {
  const { content, name, tool_calls: toolCalls, tool_call_id: toolCallId } = message;
  return {
    role: message.role === 'developer' ? 'system' : message.role,
    content: Array.isArray(content) ? await readParts(content, blobs) : (content ?? ''),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof toolCallId === 'string' ? { toolCallId } : {}),
    ...(Array.isArray(toolCalls)
      ? {
          toolCalls: toolCalls.map((call) => ({
            id: call.id,
            name: call.function.name,
            arguments: call.function.arguments,
          })),
        }
      : {}),
  };
}

type Parts = Extract<ChatMessage['content'], readonly unknown[]>;

/** A message that consists only of text stays a text, because most models and nodes expect that. */
async function readParts(parts: Parts, blobs: Blobs): Promise<string | MessagePart[]> {
  const read = await Promise.all(
    parts.map(async (part): Promise<MessagePart> =>
      part.type === 'text' ? part : { type: 'image', file: await storeImage(part.image_url.url, blobs) },
    ),
  );
  const texts = read.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.length === read.length ? texts.join('\n') : read;
}

/** Accepts only data URLs: this server must not fetch an address that a caller chooses. */
async function storeImage(url: string, blobs: Blobs) {
  const found = readDataUrl(url);
  if (found?.mediaType.startsWith('image/') !== true)
    throw new HeddleError(
      'bad_request',
      'An image must come inside the request, as a data URL of a PNG, JPEG, GIF or WebP in base64.',
    );
  const { content } = found;
  const mediaType = await mediaTypeOf(content, '');
  if (!/^image\/(?:png|jpeg|gif|webp)$/.test(mediaType))
    throw new HeddleError('bad_request', `An image is declared as ${found.mediaType}, but its bytes are ${mediaType}.`);
  return blobs.put(content, { name: `image.${mediaType.slice('image/'.length)}`, mediaType });
}

/** The text of the last user message. Errors: `bad_request` if there is none. */
export function lastUserText(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === 'user');
  if (last === undefined) throw new HeddleError('bad_request', 'There is no user message.');
  return typeof last.content === 'string'
    ? last.content
    : last.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}
