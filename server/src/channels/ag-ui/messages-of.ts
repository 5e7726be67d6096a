import { HeddleError, type AgentContentPart, type AgentMessage } from '@heddle/core';
import type { ChatMessage } from '../openai/chat-request.js';

/** The messages of a request as inputs of a workflow, and the files of the newest message. */
interface MessagesOfInput {
  readonly messages: readonly ChatMessage[];
  /** The files as data URLs. */
  readonly files: readonly string[];
}

/**
 * Converts the messages of a client. Activities and reasoning are left out, because models do not get them again. Errors: `bad_request` for
 * a file that is not in the request itself.
 */
export function messagesOf(given: readonly AgentMessage[]): MessagesOfInput {
  const last = given.findLast(({ role }) => role === 'user');
  const files: string[] = [];
  const messages = given.flatMap((message) => messageOf(message, message === last ? files : undefined) ?? []);
  return { messages, files };
}

function messageOf(message: AgentMessage, files: string[] | undefined): ChatMessage | undefined {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', content: message.content };
    case 'user':
      return { role: 'user', name: message.name, content: contentOf(message.content, files) };
    case 'assistant':
      return { role: 'assistant', content: message.content, tool_calls: message.toolCalls };
    case 'tool':
      return { role: 'tool', tool_call_id: message.toolCallId, content: contentOf(message.content, undefined) };
    default:
      return undefined;
  }
}

/** Converts texts and pictures. Other files go to an input of the workflow; those of older messages went to earlier runs. */
function contentOf(
  content: string | readonly AgentContentPart[],
  files: string[] | undefined,
): Exclude<ChatMessage['content'], null | undefined> {
  if (typeof content === 'string') return content;
  return content.flatMap((part) => {
    if (part.type === 'text') return { type: 'text' as const, text: part.text };
    if (part.type === 'image') return { type: 'image_url' as const, image_url: { url: dataUrlOf(part) } };
    if (files !== undefined) files.push(dataUrlOf(part));
    return [];
  });
}

function dataUrlOf({ source, type }: Exclude<AgentContentPart, { type: 'text' }>): string {
  if (source.type === 'data') return `data:${source.mimeType ?? 'application/octet-stream'};base64,${source.value}`;
  throw new HeddleError(
    'bad_request',
    `The ${type} of a message must come inside the request, as a source of type data in base64: this server does not fetch addresses that a caller names.`,
  );
}
