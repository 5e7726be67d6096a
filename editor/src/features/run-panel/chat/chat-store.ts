import { Citation, type ConversationReply } from '@heddle/core';
import { z } from 'zod';

const ChatMessage = z.object({
  role: z.enum(['user', 'assistant']),
  content: z.string(),
  /** The run that gives the answer. */
  runId: z.string().optional(),
  isFailure: z.boolean().optional(),
  citations: z.array(Citation).readonly().optional(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

const Chat = z.array(ChatMessage);
const keyOf = (workflowId: string): string => `heddle.chat.${workflowId}`;
/** The most messages that a browser stores. A longer conversation comes from the server. */
export const mostKept = 200;
/** The most messages of the conversation that a workflow gets. */
const mostSent = 100;

/** The stored conversation with a workflow in this browser. */
export function recallChat(workflowId: string, storage: Pick<Storage, 'getItem'>): readonly ChatMessage[] {
  try {
    return Chat.parse(JSON.parse(storage.getItem(keyOf(workflowId)) ?? '[]'));
  } catch {
    return []; // another version of Heddle wrote it
  }
}

const threadKeyOf = (workflowId: string): string => `heddle.chat-thread.${workflowId}`;

/** The thread of the stored conversation with a workflow. */
export function recallThread(workflowId: string, storage: Pick<Storage, 'getItem'>): string | undefined {
  const thread = storage.getItem(threadKeyOf(workflowId));
  return thread !== null && /^\w{1,64}$/.test(thread) ? thread : undefined;
}

/** Stores the thread of a conversation; undefined removes it. */
export function storeThread(
  workflowId: string,
  thread: string | undefined,
  storage: Pick<Storage, 'setItem' | 'removeItem'>,
): void {
  try {
    if (thread === undefined) storage.removeItem(threadKeyOf(workflowId));
    else storage.setItem(threadKeyOf(workflowId), thread);
  } catch {
    // Without storage, the thread is known until the page is closed.
  }
}

/** The messages of a stored conversation, as the chat shows them. Leaves out tool calls and their results. */
export function messagesOf(said: ConversationReply['said']): readonly ChatMessage[] {
  return said.flatMap(({ message: { role, content }, run, citations }): ChatMessage[] => {
    const text = answerText(content);
    if ((role !== 'user' && role !== 'assistant') || text === '') return [];
    return [{ role, content: text, runId: run, citations }];
  });
}

/** Stores a conversation. If the storage is full, the chat still works. */
export function storeChat(
  workflowId: string,
  messages: readonly ChatMessage[],
  storage: Pick<Storage, 'setItem'>,
): void {
  try {
    storage.setItem(keyOf(workflowId), JSON.stringify(messages.slice(-mostKept)));
  } catch {
    // Without storage, the conversation lasts until the page is closed.
  }
}

/** The value of the workflow's input: the newest messages, except failed answers, or only the last message. */
export function chatInput(takes: 'messages' | 'text', messages: readonly ChatMessage[], text: string): unknown {
  if (takes === 'text') return text;
  return [
    ...messages
      .filter(({ isFailure }) => isFailure !== true)
      .slice(-mostSent)
      .map(({ role, content }) => ({ role, content })),
    { role: 'user', content: text },
  ];
}

/** The text of an answer, which is a text or a list of messages. */
export function answerText(value: unknown): string {
  if (typeof value === 'string') return value;
  const messages = z.array(z.looseObject({ content: z.unknown() })).safeParse(value);
  const last = messages.success ? messages.data.at(-1)?.content : undefined;
  return typeof last === 'string' ? last : (JSON.stringify(value) ?? '');
}
