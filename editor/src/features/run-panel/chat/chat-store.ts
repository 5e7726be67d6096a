import { Citation } from '@heddle/core';
import { z } from 'zod';

const ChatMessage = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  /** The run of the answer. */
  runId: z.string().optional(),
  isFailure: z.boolean().optional(),
  /** The sources of an answer. */
  citations: z.array(Citation).readonly().optional(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

const Chat = z.array(ChatMessage);
const keyOf = (workflowId: string): string => `heddle.chat.${workflowId}`;
const mostKept = 200;

/** The conversation with a workflow, stored in this browser. */
export function recallChat(workflowId: string, storage: Pick<Storage, 'getItem'>): readonly ChatMessage[] {
  try {
    return Chat.parse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? '[]'));
  } catch {
    return []; // Written by another version.
  }
}

/** Stores a conversation; a full storage does not stop the chat. */
export function keepChat(
  workflowId: string,
  messages: readonly ChatMessage[],
  storage: Pick<Storage, 'setItem'>,
): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(messages.slice(-mostKept)));
  } catch {
    // It holds until the page is closed.
  }
}

/** The input for a workflow: the whole conversation without failed messages, or the last message. */
export function chatInput(takes: 'messages' | 'text', messages: readonly ChatMessage[], text: string): unknown {
  if (takes === 'text') return text;
  return [
    ...messages.filter(({ isFailure }) => isFailure !== true).map(({ role, content }) => ({ role, content })),
    { role: 'user', content: text },
  ];
}

/** The text of an answer, from a text or messages. */
export function answerText(value: unknown): string {
  if (typeof value === 'string') return value;
  const messages = z.array(z.looseObject({ content: z.unknown() })).safeParse(value);
  const last = messages.success ? messages.data.at(-1)?.content : undefined;
  return typeof last === 'string' ? last : (JSON.stringify(value) ?? '');
}
